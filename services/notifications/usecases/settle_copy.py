"""End one try at sending a copy: accepted, tried again later, unknown, or given up, which is said aloud."""

from __future__ import annotations

import secrets

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications import says
from services.notifications.db import delivery_repository, notice_repository
from services.notifications.db.delivery_repository import Claimed
from services.notifications.domain.deliveries import (
    JITTER_PERCENT,
    Accepted,
    Channel,
    Deferred,
    DeliveryState,
    GiveUp,
    Outcome,
    Refused,
    Retry,
    Unclear,
    after_deferral,
)
from shared.outbox import append


async def settle_copy(session: AsyncSession, copy: Claimed, outcome: Outcome, *, unknown_seconds: int) -> bool:
    """Record how the try ended; False where its lease was lost, then whoever holds the copy now decides."""
    match outcome:
        case Accepted(reference):
            return await delivery_repository.settle(session, copy, DeliveryState.ACCEPTED, reference=reference)
        case Refused(problem):
            return await _give_up(session, copy, problem)
        case Unclear(problem):
            return await delivery_repository.settle(
                session, copy, DeliveryState.UNKNOWN, wait_seconds=unknown_seconds, problem=problem
            )
        case Deferred(problem):
            return await _defer(session, copy, problem)


async def _defer(session: AsyncSession, copy: Claimed, problem: str) -> bool:
    jitter = secrets.randbelow(2 * JITTER_PERCENT + 1) - JITTER_PERCENT
    match after_deferral(copy.attempt_count, jitter):
        case Retry(after_seconds):
            state = DeliveryState.PENDING
            return await delivery_repository.settle(session, copy, state, wait_seconds=after_seconds, problem=problem)
        case GiveUp():
            return await _give_up(session, copy, problem)


async def _give_up(session: AsyncSession, copy: Claimed, problem: str) -> bool:
    if not await delivery_repository.settle(session, copy, DeliveryState.DEAD, problem=problem):
        return False
    record = await notice_repository.raise_version(session, copy.notice_id)
    await append(session, says.notice_failed(record, channel=Channel.EMAIL, problem=problem))
    return True
