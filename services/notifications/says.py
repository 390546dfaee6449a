"""From a duty or notice on record to the event that announces it."""

from __future__ import annotations

from services.notifications.domain.records import DutyRecord, NoticeRecord
from shared.events import notifications as events

DutyFact = events.DutyPlanned | events.DutyDone
"""What a change of a duty is announced as."""


def _duty(record: DutyRecord) -> events.DutyState:
    return events.DutyState(
        id=record.id,
        version=record.version,
        uscc=record.place.uscc,
        region_code=record.place.region_code,
        park_code=record.place.park_code,
        kind=record.kind,
        label=record.label,
        due_on=record.due_on,
        state=record.state,
        provision_ids=record.provision_ids,
    )


def _notice(record: NoticeRecord) -> events.NoticeState:
    return events.NoticeState(
        id=record.id,
        version=record.version,
        uscc=record.place.uscc,
        region_code=record.place.region_code,
        park_code=record.place.park_code,
        duty_id=record.duty_id,
        kind=record.kind,
        recipient_role=record.recipient,
        title=record.title,
        state=record.state,
        sent_at=record.sent_at,
    )


def duty_planned(record: DutyRecord) -> events.DutyPlanned:
    """Say that a duty was derived, or that its day or words changed."""
    return events.DutyPlanned(version=record.version, duty=_duty(record))


def duty_done(record: DutyRecord) -> events.DutyDone:
    """Say that a duty was fulfilled, waived or fell away."""
    return events.DutyDone(version=record.version, duty=_duty(record))


def duty_overdue(record: DutyRecord) -> events.DutyOverdue:
    """Say that the day passed with the duty still open."""
    return events.DutyOverdue(version=record.version, duty=_duty(record))


def notice_sent(record: NoticeRecord) -> events.NoticeSent:
    """Say that the notice of record was delivered."""
    return events.NoticeSent(version=record.version, notice=_notice(record))


def notice_failed(record: NoticeRecord, *, channel: str, problem: str) -> events.NoticeFailed:
    """Say that a copy was given up."""
    return events.NoticeFailed(version=record.version, notice=_notice(record), channel=channel, problem=problem)
