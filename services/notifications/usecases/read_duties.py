"""Read duties: one by id, or a page of a filtered list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.db import duty_repository
from services.notifications.db.duty_repository import DutyFilter
from services.notifications.db.tables import Duty
from services.notifications.domain.duties import DutyState
from shared.kernel.errors import NotFound
from shared.kernel.regions import expand_region


async def get_duty(session: AsyncSession, duty_id: UUID) -> Duty:
    """Return a duty inside the asker's scope."""
    duty = await duty_repository.find_duty(session, duty_id)
    if duty is None:
        raise NotFound()
    return duty


async def list_duties(
    session: AsyncSession,
    *,
    uscc: str | None,
    kind: str | None,
    state: DutyState | None,
    due_before: date | None,
    region_code: str | None,
    after: tuple[date, UUID] | None,
    limit: int,
) -> list[Mapping[str, Any]]:
    """Return up to `limit` duties by due date."""
    wanted = DutyFilter(uscc, kind, state, due_before, expand_region(region_code) if region_code else None)
    return await duty_repository.list_duties(session, wanted, after=after, limit=limit)
