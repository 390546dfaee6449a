"""Bring duties and planned notices of enterprises in line with their recognitions and the rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications import says
from services.notifications.db import delivery_repository, duty_repository, notice_repository
from services.notifications.db.duty_repository import ChangedDuty, NewDuty
from services.notifications.db.enterprise_repository import KnownEnterprise
from services.notifications.db.notice_repository import NoticeToPlan
from services.notifications.domain.duties import (
    AWAITED,
    ClosedBy,
    DerivedDuty,
    DutyChange,
    DutyState,
    FulfilDuty,
    KnownDuty,
    PlanDuty,
    ReviseDuty,
    WithdrawDuty,
    compare_duties,
    derive_duties,
)
from services.notifications.domain.handbook import Handbook
from services.notifications.domain.notices import PlannedNotice, list_notices, still_to_tell
from services.notifications.domain.records import DutyRecord, Place
from services.notifications.domain.rule_book import RegionRules
from shared.outbox import append_all


@dataclass(frozen=True)
class Replanned:
    """How many notices were planned and withdrawn."""

    planned_count: int = 0
    withdrawn_count: int = 0


@dataclass(frozen=True)
class _Awaited:
    """A duty whose notices are looked at again; `is_news` where its day was not known before."""

    duty_id: UUID
    place: Place
    kind: str
    due_on: date
    is_news: bool
    is_new: bool = False


@dataclass
class _Worklist:
    """What the comparison of several enterprises came to."""

    new: list[NewDuty] = field(default_factory=list)
    changed: list[ChangedDuty] = field(default_factory=list)
    news: set[UUID] = field(default_factory=set)
    unchanged: list[_Awaited] = field(default_factory=list)


async def replan_duties(
    session: AsyncSession, handbook: Handbook, enterprises: Sequence[KnownEnterprise], *, today: date, catches_up: bool
) -> Replanned:
    """Derive, compare and write; says what changed.

    With `catches_up` a day that is news today is told at once where its last reminder has just gone by. Without it the
    rules are what changed: all awaited duties are looked at, and nothing is told about days gone by.
    """
    known = await duty_repository.list_known(session, [enterprise.place.uscc for enterprise in enterprises])
    work = _Worklist()
    for enterprise in enterprises:
        _compare(work, handbook, enterprise, known[enterprise.place.uscc], today)
    planned = await duty_repository.insert_duties(session, work.new, known_on=today)
    changed = await duty_repository.change_duties(session, work.changed)
    news = work.news | {record.id for record in planned}
    awaited = [*_awaited(planned, news, are_new=True), *_awaited(changed, news)]
    replanned = await _replan_notices(
        session,
        handbook,
        awaited if catches_up else [*awaited, *work.unchanged],
        closed=[record.id for record in changed if record.state not in AWAITED],
        today=today,
        catches_up=catches_up,
    )
    await append_all(session, [*map(says.duty_planned, planned), *map(_say_change, changed)])
    return replanned


def _compare(
    work: _Worklist, handbook: Handbook, enterprise: KnownEnterprise, known: list[KnownDuty], today: date
) -> None:
    rules = handbook.rules.for_region(enterprise.place.region_code)
    changes = compare_duties(known, derive_duties(enterprise.recognitions, rules), today=today)
    for change in changes:
        _note(work, enterprise, change)
    touched = {change.known.id for change in changes if not isinstance(change, PlanDuty)}
    work.unchanged += [
        _Awaited(duty.id, enterprise.place, duty.kind, duty.due_on, is_news=False)
        for duty in known
        if duty.state in AWAITED and duty.id not in touched
    ]


def _note(work: _Worklist, enterprise: KnownEnterprise, change: DutyChange) -> None:
    match change:
        case PlanDuty(derived):
            work.new.append(_new_duty(enterprise, derived))
        case ReviseDuty(known, derived, state):
            work.changed.append(_revised(known, derived, state))
            if known.state not in AWAITED or known.due_on != derived.due_on:
                work.news.add(known.id)
        case FulfilDuty(known, done_on, proof):
            work.changed.append(
                ChangedDuty(known.id, DutyState.DONE, closed_by=ClosedBy.RECORDS, done_on=done_on, proof=proof)
            )
        case WithdrawDuty(known):
            work.changed.append(ChangedDuty(known.id, DutyState.WITHDRAWN, closed_by=ClosedBy.RECORDS))


def _new_duty(enterprise: KnownEnterprise, derived: DerivedDuty) -> NewDuty:
    return NewDuty(
        uscc=enterprise.place.uscc,
        region_code=enterprise.place.region_code,
        park_code=enterprise.place.park_code,
        kind=derived.rule.kind,
        subject=derived.subject,
        label=derived.rule.label_zh,
        due_on=derived.due_on,
        recognition_id=derived.recognition_id,
        provision_ids=derived.rule.provision_ids,
        clause=derived.rule.clause_zh,
    )


def _revised(known: KnownDuty, derived: DerivedDuty, state: DutyState) -> ChangedDuty:
    return ChangedDuty(
        known.id,
        state,
        due_on=derived.due_on,
        label=derived.rule.label_zh,
        clause=derived.rule.clause_zh,
        provision_ids=derived.rule.provision_ids,
        recognition_id=derived.recognition_id,
    )


def _awaited(records: Iterable[DutyRecord], news: set[UUID], *, are_new: bool = False) -> Iterator[_Awaited]:
    for record in records:
        if record.state in AWAITED:
            yield _Awaited(record.id, record.place, record.kind, record.due_on, record.id in news, are_new)


async def _replan_notices(
    session: AsyncSession,
    handbook: Handbook,
    awaited: Sequence[_Awaited],
    *,
    closed: Sequence[UUID],
    today: date,
    catches_up: bool,
) -> Replanned:
    kept: list[NoticeToPlan] = []
    to_plan: list[NoticeToPlan] = []
    for duty in awaited:
        rules = handbook.rules.for_region(duty.place.region_code)
        mine, told = _notices_of(duty, rules, today, catches_up=catches_up and duty.is_news)
        kept += mine
        to_plan += told
    looked_at = [*closed, *(duty.duty_id for duty in awaited if not duty.is_new)]
    withdrawn_count = await notice_repository.withdraw_notices(session, looked_at, kept)
    await delivery_repository.withdraw_copies(session, looked_at)
    return Replanned(await notice_repository.plan_notices(session, to_plan), withdrawn_count)


def _notices_of(
    duty: _Awaited, rules: RegionRules, today: date, *, catches_up: bool
) -> tuple[list[NoticeToPlan], list[NoticeToPlan]]:
    """Return the notices that may stay planned for a duty, and those to plan now."""
    schedule = rules.schedule_of(duty.kind)
    if schedule is None:
        return [], []
    notices = list_notices(schedule, duty.due_on)
    told = still_to_tell(notices, duty.due_on, known_on=today, catches_up=catches_up)
    rows = {notice: _row(duty, notice) for notice in notices}
    return list(rows.values()), [rows[notice] for notice in told]


def _row(duty: _Awaited, notice: PlannedNotice) -> NoticeToPlan:
    return NoticeToPlan(
        uscc=duty.place.uscc,
        region_code=duty.place.region_code,
        park_code=duty.place.park_code,
        kind=duty.kind,
        due_on=duty.due_on,
        duty_id=duty.duty_id,
        offset_days=notice.offset_days,
        planned_on=notice.planned_on,
        is_provisional=notice.is_provisional,
        recipient=notice.recipient,
    )


def _say_change(record: DutyRecord) -> says.DutyFact:
    return says.duty_planned(record) if record.state in AWAITED else says.duty_done(record)
