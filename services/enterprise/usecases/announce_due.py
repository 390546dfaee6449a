"""Announce what the passing of time made true: lapses and changed rungs, once."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from services.enterprise.db.due_repository import claim_due_enterprises
from services.enterprise.db.enterprise_repository import find_enterprises
from services.enterprise.usecases.changing import Entry, Register, conclude

BATCH_SIZE = 100


async def announce_due(session: AsyncSession, register: Register) -> int:
    """Announce for up to BATCH_SIZE enterprises whose day has come; returns how many. Call again until it is none.

    Their rows are held, and each is marked with its next day, so that a repeat or a rival finds nothing to say.
    """
    usccs = await claim_due_enterprises(session, register.today, BATCH_SIZE)
    enterprises = await find_enterprises(session, usccs)
    for uscc in usccs:
        before = enterprises[uscc]
        await conclude(session, register, before, before, [], Entry("enterprise.announce_due"))
    return len(usccs)
