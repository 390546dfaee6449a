"""Announce what the passing of time made true: lapses and changed rungs, once."""

from __future__ import annotations

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from services.enterprise.db.due_repository import claim_due_enterprises
from services.enterprise.db.enterprise_repository import find_enterprises
from services.enterprise.domain.enterprise import Enterprise
from services.enterprise.usecases.changing import Entry, Register, conclude
from shared.kernel.errors import DomainError

BATCH_SIZE = 100
_log = structlog.get_logger(__name__)


async def announce_due(session: AsyncSession, register: Register) -> int:
    """Announce for up to BATCH_SIZE enterprises whose day has come; returns how many. Call again until it is none.

    Their rows are held, and each is marked with its next day, so that a repeat or a rival finds nothing to say. One
    that cannot be announced does not hold up the others; it stays due, and the log says so at every sweep.
    """
    usccs = await claim_due_enterprises(session, register.today, BATCH_SIZE)
    enterprises = await find_enterprises(session, usccs)
    return sum([await _announce_one(session, register, enterprises[uscc]) for uscc in usccs])


async def _announce_one(session: AsyncSession, register: Register, enterprise: Enterprise) -> bool:
    try:
        async with session.begin_nested():
            await conclude(session, register, enterprise, enterprise, [], Entry("enterprise.announce_due"))
    except DomainError as refusal:
        _log.error("due_not_announced", uscc=enterprise.uscc, code=refusal.code)
        return False
    return True
