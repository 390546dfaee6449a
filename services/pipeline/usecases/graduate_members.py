"""Stays whose aim was reached end as graduated, by themselves, on the day on which it was reached."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.pipeline import says
from services.pipeline.db import membership_repository
from services.pipeline.db.tables import Membership
from services.pipeline.domain.doors import find_aim_day
from services.pipeline.domain.memberships import MembershipState
from services.pipeline.domain.pools import Door, PoolLibrary
from shared.db.audit import record_change
from shared.events.enterprise import EnterpriseState
from shared.kernel.roles import SYSTEM
from shared.outbox.append import append


async def graduate_members(
    session: AsyncSession, memberships: Sequence[Membership], state: EnterpriseState, *, pools: PoolLibrary, today: date
) -> None:
    """Graduate every open stay whose door's aim was reached since the admission."""
    for membership in memberships:
        if membership.state is not MembershipState.ENROLLED:
            continue
        door = pools.find_door(membership.jurisdiction, membership.pool, membership.door)
        day = find_aim_day(pools, door, state, since=membership.admitted_on, today=today) if door else None
        if door and day:
            await _graduate(session, membership, door, day)


async def _graduate(session: AsyncSession, membership: Membership, door: Door, day: date) -> None:
    membership.state = MembershipState.GRADUATED
    membership.ended_on = day
    membership.ended_by = SYSTEM.subject
    membership.reason = f"培育目标达到:{door.label_zh}"
    membership.version += 1
    await membership_repository.flush(session)
    await record_change(
        session,
        action="membership.graduated",
        aggregate="membership",
        aggregate_id=str(membership.id),
        before={"state": MembershipState.ENROLLED},
        after={"state": membership.state, "ended_on": day},
        reason=membership.reason,
    )
    await append(session, says.graduated(membership))
