"""End a stay by decision: the enterprise withdraws, or the bureau removes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.pipeline import says
from services.pipeline.db import enterprise_repository, membership_repository
from services.pipeline.db.tables import Membership
from services.pipeline.domain.memberships import ExitKind, MembershipState, NotEnrolled, check_exit_day
from services.pipeline.usecases.move_board import move_board
from shared.db.audit import record_change
from shared.kernel.roles import Principal
from shared.outbox.append import append


async def exit_membership(
    session: AsyncSession,
    membership_id: UUID,
    *,
    kind: ExitKind,
    reason: str,
    exited_on: date | None,
    today: date,
    by: Principal,
    check_version: Callable[[int], None],
) -> Membership:
    """End the stay, or raise NotEnrolled; `check_version` refuses where the asker saw another version."""
    found = await membership_repository.get(session, membership_id)
    copy = await enterprise_repository.get_locked(session, found.uscc)
    stays = await membership_repository.list_of_enterprise(session, found.uscc)
    membership = next(stay for stay in stays if stay.id == membership_id)
    check_version(membership.version)
    if membership.state is not MembershipState.ENROLLED:
        raise NotEnrolled(f"已于 {membership.ended_on} 出库:{membership.reason}")
    ended_on = exited_on or max(today, membership.admitted_on)
    check_exit_day(ended_on, today, membership.admitted_on)
    membership.state = MembershipState(kind)
    membership.ended_on, membership.ended_by, membership.reason = ended_on, by.subject, reason
    membership.version += 1
    await membership_repository.flush(session)
    await move_board(session, copy, [stay.stay for stay in stays])
    await record_change(
        session,
        action=f"membership.{kind}",
        aggregate="membership",
        aggregate_id=str(membership.id),
        before={"state": MembershipState.ENROLLED},
        after={"state": membership.state, "ended_on": ended_on},
        reason=reason,
    )
    await append(session, says.exited(membership))
    return membership
