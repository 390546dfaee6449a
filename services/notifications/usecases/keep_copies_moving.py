"""Small steps of the sender that need no decision: is anything waiting, whose lease ran out, what is given back."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.db import delivery_repository
from services.notifications.db.delivery_repository import Claimed


async def expire_leases(session: AsyncSession, *, unknown_seconds: int) -> int:
    """Turn copies whose sender fell silent into unknown ones, to be tried again after a while."""
    return await delivery_repository.expire_leases(session, wait_seconds=unknown_seconds)


async def has_waiting_copies(session: AsyncSession) -> bool:
    """Tell whether the time of some copy has come."""
    return await delivery_repository.has_waiting(session)


async def give_back(session: AsyncSession, copies: Sequence[Claimed]) -> None:
    """Give back copies that were claimed and not tried."""
    await delivery_repository.release(session, copies)
