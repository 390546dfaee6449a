"""Close a duty by a person's word: done with proof, or waived with a reason. Its unsent notices are withdrawn."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications import says
from services.notifications.db import delivery_repository, duty_repository, notice_repository, run_repository
from services.notifications.db.tables import Duty
from services.notifications.domain.duties import AWAITED, ClosedBy, DutyState
from shared.db.audit import record_change
from shared.kernel.errors import Conflict, FieldError, Invalid, NotFound
from shared.outbox import append


class DutyAlreadyClosed(Conflict):
    """The duty was done, waived or withdrawn before."""

    code = "duty_already_closed"
    title = "该事项已经办结"


async def find_awaited_duty(session: AsyncSession, duty_id: UUID) -> Duty:
    """Return a duty that still has to be done, locked for the change."""
    duty = await duty_repository.find_duty(session, duty_id, for_change=True)
    if duty is None:
        raise NotFound()
    if duty.state not in AWAITED:
        raise DutyAlreadyClosed(f"当前状态:{duty.state.value}")
    return duty


async def complete_duty(session: AsyncSession, duty: Duty, *, done_on: date, proof: str, today: date) -> Duty:
    """Mark a duty done on a day that has come, with what proves it."""
    latest_day = max(today, await run_repository.latest_mark(session) or today)
    if done_on > latest_day:
        raise Invalid(
            "完成日期不能晚于今天",
            errors=(FieldError("/done_on", "in_the_future", f"最晚为 {latest_day.isoformat()}"),),
        )
    return await _close(session, duty, DutyState.DONE, action="complete_duty", done_on=done_on, proof=proof)


async def waive_duty(session: AsyncSession, duty: Duty, *, reason: str) -> Duty:
    """Waive a duty with a reason."""
    return await _close(session, duty, DutyState.WAIVED, action="waive_duty", reason=reason)


async def _close(session: AsyncSession, duty: Duty, state: DutyState, *, action: str, **fields: Any) -> Duty:
    before = {"state": duty.state, "version": duty.version}
    duty.state, duty.closed_by, duty.version = state, ClosedBy.PERSON, duty.version + 1
    for name, value in fields.items():
        setattr(duty, name, value)
    await session.flush()
    await notice_repository.withdraw_notices(session, [duty.id], [])
    await delivery_repository.withdraw_copies(session, [duty.id])
    await record_change(
        session,
        action=action,
        aggregate="duty",
        aggregate_id=str(duty.id),
        before=before,
        after={"state": state, "version": duty.version, **fields},
        reason=fields.get("reason"),
    )
    await append(session, says.duty_done(duty_repository.record_of(duty)))
    return duty
