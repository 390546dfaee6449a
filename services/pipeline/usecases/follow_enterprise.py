"""An enterprise changed: the copy, the board, open doors, graduations and places follow, in one transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.pipeline.db import assignment_repository, enterprise_repository, membership_repository
from services.pipeline.domain.board import Stay, changes_between, steps_of
from services.pipeline.domain.doors import open_doors
from services.pipeline.domain.enterprises import EnterpriseCopy, follow, next_fact_day
from services.pipeline.domain.pools import PoolLibrary
from services.pipeline.usecases.graduate_members import graduate_members
from shared.events.enterprise import EnterpriseEvent


async def follow_enterprise(
    session: AsyncSession, event: EnterpriseEvent, *, heard_on: date, pools: PoolLibrary, today: date
) -> bool:
    """Take in an event about an enterprise; returns whether it told anything new."""
    known = await enterprise_repository.find_locked(session, event.key)
    copy = follow(known, event, heard_on=heard_on)
    if copy is None:
        return False
    await settle(session, known, copy, pools=pools, today=today)
    return True


async def settle(
    session: AsyncSession, known: EnterpriseCopy | None, copy: EnterpriseCopy, *, pools: PoolLibrary, today: date
) -> None:
    """Write the copy and all that follows from it on the business date."""
    stays = await _take_along(session, known, copy, pools, today) if known else copy.stays
    copy = replace(copy, stays=stays)
    steps = steps_of(copy.course)
    state = copy.state
    await enterprise_repository.save(
        session,
        replace(copy, steps=steps),
        doors=[fit.to_json() for fit in open_doors(pools, state, today)],
        review_on=next_fact_day(state, today),
        changes=changes_between(known.steps if known else (), steps),
    )


async def _take_along(
    session: AsyncSession, known: EnterpriseCopy, copy: EnterpriseCopy, pools: PoolLibrary, today: date
) -> tuple[Stay, ...]:
    """Let memberships and assignments follow the enterprise; returns its stays afterwards."""
    before, after = known.state, copy.state
    moved = (before.region_code, before.park_code, before.name) != (after.region_code, after.park_code, after.name)
    if moved:
        await assignment_repository.follow_move(session, after)
        await membership_repository.follow_move(session, after)
    if all(stay.ended_on for stay in known.stays):
        return known.stays
    memberships = await membership_repository.list_of_enterprise(session, after.uscc)
    await graduate_members(session, memberships, after, pools=pools, today=today)
    return tuple(membership.stay for membership in memberships)
