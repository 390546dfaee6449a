"""Which enterprise a recognition belongs to."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.driver import run

_HOLDER = sa.text("SELECT uscc FROM recognitions WHERE id = :id")


async def find_holder(session: AsyncSession, recognition_id: UUID) -> str | None:
    """Return the code of the enterprise that holds the recognition, None where it is not within the asker's scope."""
    rows = await run(session, _HOLDER, {"id": recognition_id})
    return rows[0][0] if rows else None
