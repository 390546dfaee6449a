"""Working days by the State Council's calendar (with 调休); by weekends alone where a year is not published yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import chinese_calendar

SATURDAY = 5


@dataclass(frozen=True)
class WorkingDay:
    """A working day; provisional where the year's calendar was not known and weekends alone decided."""

    on: date
    is_provisional: bool


def is_working_day(day: date) -> tuple[bool, bool]:
    """Tell whether people work on this day, and whether that answer is provisional."""
    try:
        return chinese_calendar.is_workday(day), False
    except NotImplementedError:
        return day.weekday() < SATURDAY, True


def last_working_day(day: date) -> WorkingDay:
    """Return the last working day on or before `day`: what must be done on a holiday is done before it."""
    is_provisional = False
    while True:
        works, guessed = is_working_day(day)
        is_provisional = is_provisional or guessed
        if works:
            return WorkingDay(day, is_provisional)
        day -= timedelta(days=1)


def last_published_year() -> int:
    """Return the last year whose holidays are known; plans made beyond it are revised when this moves on."""
    known: int = max(day.year for day in chinese_calendar.constants.workdays)
    return known
