"""Take one step of an award's way: review, consent, return, reject, or decide the amount."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.awards import says
from services.awards.db.awards import lock_award, save_award
from services.awards.db.reviews import APPROVALS, add_review, find_last_approval, list_seats_of, take_seat
from services.awards.db.tables import Award, AwardReview
from services.awards.domain.signing import SamePersonTwice, check_unchanged, content_of
from services.awards.domain.states import (
    AmountSetByRule,
    AmountUndecided,
    AwardStatus,
    Seat,
    Step,
    next_state,
    seat_for,
    standing_of,
)
from services.awards.usecases.notes import Note
from shared.db.audit import record_change
from shared.events.awards import AwardEvent
from shared.kernel.clock import Clock
from shared.kernel.errors import NotFound
from shared.kernel.roles import Principal
from shared.outbox import append
from shared.rules.hashing import content_hash

_DECISIONS = {Step.RETURN: "returned", Step.DECIDE_AMOUNT: "decided"}


async def take_step(
    session: AsyncSession,
    principal: Principal,
    clock: Clock,
    award_id: UUID,
    step: Step,
    note: Note,
    *,
    check_version: Callable[[int], None],
    amount_fen: int | None = None,
) -> Award:
    """Take the step for the person, or say why it may not be taken; everything it rested on is kept with it."""
    award = await lock_award(session, award_id)
    if award is None:
        raise NotFound()
    check_version(award.version)
    target = next_state(award.state, step)
    seat = seat_for(award.state, step, principal.roles)
    _check_amount(award, step)
    before, cycle = {"state": award.state.value, "amount_fen": award.amount_fen}, award.cycle
    if step is Step.DECIDE_AMOUNT:
        award.amount_fen = amount_fen
    content = await _sign(session, award, step, seat, principal)
    review = AwardReview(
        award_id=award.id,
        cycle=cycle,
        step=step,
        seat=seat,
        person_id=principal.person_id,
        person_name=principal.name,
        from_state=award.state,
        to_state=target,
        award_version=award.version + 1,
        content_hash=content_hash(content),
        content=content,
        comment=note.comment,
        reason=note.reason,
        document_number=note.document_number,
        taken_on=clock.today(),
    )
    _move(award, target, note, clock)
    await save_award(session, award)
    await add_review(session, review)
    await _tell(session, award, step, note, before)
    return award


def _check_amount(award: Award, step: Step) -> None:
    if step is Step.FINANCE_REVIEW and award.amount_fen is None:
        raise AmountUndecided(f"请先由科技局核定金额。{standing_of(award.state)}")
    if step is Step.DECIDE_AMOUNT and award.amount_kind != "to_be_decided":
        raise AmountSetByRule()


async def _sign(session: AsyncSession, award: Award, step: Step, seat: Seat, principal: Principal) -> dict[str, Any]:
    """Seat the person and return what is signed; refuses a second office, and content changed since it was signed."""
    identities = {principal.person_id, principal.subject}
    await take_seat(session, award.id, principal.person_id, seat)
    if await list_seats_of(session, award.id, identities) != {seat}:
        raise SamePersonTwice("您已办理过这笔奖补的另一环节(或登记了它的依据),须由其他人办理")
    content = content_of(award.model_dump())
    if step in APPROVALS:
        signed = await find_last_approval(session, award.id, award.cycle)
        check_unchanged(signed.content if signed else None, content)
    return content


def _move(award: Award, target: AwardStatus, note: Note, clock: Clock) -> None:
    award.state = target
    award.reason = note.reason
    if target is AwardStatus.RETURNED:
        award.cycle += 1
    if target is AwardStatus.APPROVED:
        award.decided_on = clock.today()


async def _tell(session: AsyncSession, award: Award, step: Step, note: Note, before: dict[str, Any]) -> None:
    await record_change(
        session,
        action=f"award.{step.value}",
        aggregate="award",
        aggregate_id=str(award.id),
        before=before,
        after={"state": award.state.value, "amount_fen": award.amount_fen, "pack_hash": award.pack_hash},
        reason=note.reason or note.comment,
    )
    await append(session, _news(award, step, note))


def _news(award: Award, step: Step, note: Note) -> AwardEvent:
    match step:
        case Step.GOVERNMENT_CONSENT:
            return says.award_approved(award)
        case Step.REJECT:
            return says.award_rejected(award, note.reason or "")
        case _:
            decision = _DECISIONS.get(step, "approved")
            return says.award_reviewed(award, step=step.value, decision=decision, reason=note.reason)
