"""The planners' history."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.db import run_repository
from services.notifications.db.tables import Run


async def list_runs(session: AsyncSession, *, before: UUID | None, limit: int) -> list[Run]:
    """Return up to `limit` runs, newest first."""
    return await run_repository.list_runs(session, before=before, limit=limit)
