"""Which notices a duty gets, and which of those that are due are still worth sending. Pure functions.

Three promises: each (recipient, duty, kind, offset, due date) is told once; after a pause only the latest offset is
told, not all that were missed; and nothing is told about days that had passed before the duty was known, but for one
notice at once where a reminder's day has just gone by and the due date has not (`catches_up`: a certificate recorded
today, a date moved today). A new rule or offset never catches up: it starts with the days that are still to come.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from services.notifications.domain.schedules import OnHoliday, RecipientRole, Schedule
from services.notifications.domain.workdays import WorkingDay, last_working_day


class NoticeState(StrEnum):
    """Where a notice stands. Skipped: a later one took its place, or its day had no use any more."""

    PLANNED = "planned"
    SENT = "sent"
    WITHDRAWN = "withdrawn"
    SKIPPED = "skipped"


class AwardNoticeKind(StrEnum):
    """Notices about awards, each sent once per award."""

    PROPOSED = "award_proposed"
    DECIDED = "award_decided"
    REJECTED = "award_rejected"


@dataclass(frozen=True)
class PlannedNotice:
    """A notice to send on `planned_on`: `offset_days` before the due date, after it where negative."""

    recipient: RecipientRole
    offset_days: int
    planned_on: date
    is_provisional: bool


def list_notices(schedule: Schedule, due_on: date) -> list[PlannedNotice]:
    """Return every notice of a due date, in the order of their days, whether or not they can still be sent."""
    anchor = last_working_day(due_on) if schedule.on_holiday is OnHoliday.EARLIER else WorkingDay(due_on, False)
    return [
        PlannedNotice(recipient, offset, planned_on, is_provisional=offset >= 0 and anchor.is_provisional)
        for planned_on, offset in sorted(set(_days(schedule, due_on, anchor)))
        for recipient in schedule.recipients
    ]


def still_to_tell(
    notices: Sequence[PlannedNotice], due_on: date, *, known_on: date, catches_up: bool
) -> list[PlannedNotice]:
    """Return those of a due date's notices that are to be sent when it became known on `known_on`."""
    missed = [notice.planned_on for notice in notices if notice.planned_on < known_on and notice.offset_days >= 0]
    first_day = max(missed) if catches_up and missed and known_on <= due_on else known_on
    return [notice for notice in notices if notice.planned_on >= first_day]


def _days(schedule: Schedule, due_on: date, anchor: WorkingDay) -> Iterator[tuple[date, int]]:
    for days in schedule.days_before:
        yield anchor.on - timedelta(days=days), days
    for days in schedule.days_overdue:
        yield due_on + timedelta(days=days), -days
