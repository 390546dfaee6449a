"""Enterprises whose day has come, held so that one sweep at a time announces for them."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

_CLAIM = sa.text(
    "SELECT uscc FROM enterprises WHERE due_on <= :today ORDER BY due_on, uscc LIMIT :limit FOR UPDATE SKIP LOCKED"
)


async def claim_due_enterprises(session: AsyncSession, today: date, limit: int) -> list[str]:
    """Lock and return enterprises with something to announce; one that is being changed just now comes next time."""
    return list(await session.scalars(_CLAIM, {"today": today, "limit": limit}))
