"""Facts change by the mere passing of days: look again at the enterprises for which such a day has come."""

from __future__ import annotations

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.pipeline.db import enterprise_repository
from services.pipeline.domain.pools import PoolLibrary
from services.pipeline.usecases.follow_enterprise import settle


async def review_due(session: AsyncSession, *, pools: PoolLibrary, today: date, most: int) -> int:
    """Review up to `most` enterprises that are due; returns how many were. Repeating it changes nothing."""
    due = await enterprise_repository.list_due_reviews(session, today, most=most)
    for uscc in due:
        copy = await enterprise_repository.get_locked(session, uscc)
        await settle(session, copy, copy, pools=pools, today=today)
    return len(due)
