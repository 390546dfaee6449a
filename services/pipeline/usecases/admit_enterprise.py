"""Admit an enterprise to a pool by decision, through a named door, with the facts of the moment frozen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.pipeline import says
from services.pipeline.db import enterprise_repository, membership_repository
from services.pipeline.db.tables import Membership
from services.pipeline.domain.doors import Fit, choose_door, has_reached_aim
from services.pipeline.domain.enterprises import EnterpriseCopy
from services.pipeline.domain.memberships import (
    AimAlreadyReached,
    MembershipState,
    NoCandidate,
    check_admission_day,
)
from services.pipeline.domain.pools import PoolLibrary, PoolPack
from services.pipeline.usecases.move_board import move_board
from shared.db.audit import record_change
from shared.kernel.roles import Principal
from shared.outbox.append import append


@dataclass(frozen=True)
class AdmitEnterprise:
    """The wish: whom to admit, into which pool through which door (the fitting one where none is named), and why."""

    uscc: str
    pool: str | None = None
    door: str | None = None
    reason: str | None = None
    admitted_on: date | None = None


async def admit_enterprise(
    session: AsyncSession, wish: AdmitEnterprise, *, pools: PoolLibrary, today: date, by: Principal
) -> Membership:
    """Admit the enterprise, or raise what stands against it."""
    copy = await enterprise_repository.get_locked(session, wish.uscc)
    state = copy.state
    if not state.is_candidate:
        raise NoCandidate(f"{state.name} 登记类型为“{state.entity_kind}”,只留存、不入库")
    pack = pools.for_region(state.region_code)
    pool = pack.get_pool(wish.pool)
    earlier = await membership_repository.list_of_enterprise(session, state.uscc)
    admitted_on = wish.admitted_on or today
    check_admission_day(admitted_on, today, [m.stay for m in earlier if m.pool == pool.id])
    fit = choose_door(pools, pool, wish.door, state, today)
    if has_reached_aim(pools, fit.door, state, today):
        raise AimAlreadyReached(f"通道“{fit.door.label_zh}”要培育到的目标,{state.name} 现在已经达到")
    membership = Membership(
        uscc=state.uscc,
        name=state.name,
        region_code=state.region_code,
        park_code=state.park_code,
        jurisdiction=pack.jurisdiction,
        pool=pool.id,
        door=fit.door.id,
        state=MembershipState.ENROLLED,
        admitted_on=admitted_on,
        admitted_by=by.subject,
        admission_reason=wish.reason,
        entry_number=1 + sum(m.pool == pool.id for m in earlier),
        snapshot=_snapshot(copy, fit, pack, today),
    )
    await membership_repository.add(session, membership)
    await move_board(session, copy, [*(m.stay for m in earlier), membership.stay])
    await _record(session, membership, wish.reason)
    return membership


def _snapshot(copy: EnterpriseCopy, fit: Fit, pack: PoolPack, today: date) -> dict[str, Any]:
    """Return the facts, the rule and the readings of the decision: what changes later changes none of them."""
    return {
        "as_of": today.isoformat(),
        "enterprise": copy.state.model_dump(mode="json"),
        "door": fit.to_json(),
        "pack": {"jurisdiction": pack.jurisdiction, "content_hash": pack.content_hash},
        "readings": [reading.to_json() for reading in pack.readings],
    }


async def _record(session: AsyncSession, membership: Membership, reason: str | None) -> None:
    await record_change(
        session,
        action="membership.admitted",
        aggregate="membership",
        aggregate_id=str(membership.id),
        after=membership.model_dump(exclude={"snapshot"}),
        reason=reason,
    )
    await append(session, says.admitted(membership))
