"""Pure planning: duties from recognitions, days from offsets, working days from the calendar."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.duties import Recognition, derive_duties
from services.notifications.domain.notices import list_notices, still_to_tell
from services.notifications.domain.schedules import OnHoliday
from services.notifications.domain.workdays import is_working_day, last_working_day
from shared.kernel.dates import last_valid_day
from tests.notifications.application import handbook
from tests.notifications.rules import schedule

RULES = handbook().rules.for_region("530902")
DAYS = st.dates(min_value=date(2005, 1, 1), max_value=date(2060, 12, 31))


def certificate(issued_on: date, until_on: date | None = None, **fields: object) -> Recognition:
    known = {"id": uuid4(), "kind": "hnte", "level": None, "certificate_number": "GR1", "issued_on": issued_on}
    until = until_on or last_valid_day(issued_on, 3)
    return Recognition(**{**known, "valid_until_on": until, **fields})  # type: ignore[arg-type]


def days_of(kind: str, *recognitions: Recognition) -> list[date]:
    return sorted(duty.due_on for duty in derive_duties(recognitions, RULES) if duty.rule.kind == kind)


@pytest.mark.parametrize(
    ("issued_on", "until_on", "years"),
    [
        (date(2023, 11, 15), date(2026, 11, 14), [2024, 2025, 2026]),
        (date(2024, 1, 1), date(2026, 12, 31), [2025, 2026]),
        (date(2024, 3, 1), date(2027, 2, 28), [2025, 2026, 2027]),
        (date(2024, 2, 29), date(2024, 12, 31), []),
    ],
)
def test_a_report_is_due_in_each_year_after_the_issue_that_overlaps_validity(
    issued_on: date, until_on: date, years: list[int]
) -> None:
    assert days_of("hnte_annual_report", certificate(issued_on, until_on)) == [date(year, 5, 31) for year in years]


def test_two_certificates_of_one_year_need_one_report() -> None:
    old, new = certificate(date(2023, 12, 1)), certificate(date(2025, 12, 1))
    assert days_of("hnte_annual_report", old, new).count(date(2026, 5, 31)) == 1


def test_nothing_is_due_on_or_after_the_day_of_revocation() -> None:
    revoked = certificate(date(2023, 11, 15), revoked_on=date(2025, 5, 31))
    assert days_of("hnte_annual_report", revoked) == [date(2024, 5, 31)]
    assert not days_of("hnte_expiry", revoked)


def test_platforms_of_two_levels_do_not_renew_each_other() -> None:
    city = certificate(date(2024, 1, 1), kind="key_laboratory", level="municipal")
    province = certificate(date(2025, 1, 1), kind="key_laboratory", level="provincial")
    assert [duty.fulfilled_on for duty in derive_duties((city, province), RULES)] == [None, None]


@given(issued_on=DAYS)
def test_every_issue_day_gives_a_plan(issued_on: date) -> None:
    duties = derive_duties([certificate(issued_on)], RULES)
    assert all(duty.due_on > issued_on for duty in duties)
    assert len({duty.key for duty in duties}) == len(duties)


@pytest.mark.parametrize(
    ("day", "works", "guessed"),
    [
        (date(2026, 10, 1), False, False),
        (date(2026, 10, 10), True, False),  # a Saturday worked for the national holiday
        (date(2026, 11, 20), True, False),
        (date(2027, 5, 3), True, True),  # the year is not published: weekends alone decide
        (date(2027, 5, 2), False, True),
    ],
)
def test_working_days_follow_the_published_calendar(day: date, works: bool, guessed: bool) -> None:
    assert is_working_day(day) == (works, guessed)


def test_a_deadline_on_a_holiday_reminds_earlier_never_later() -> None:
    due_on = date(2026, 10, 4)
    notices = list_notices(schedule(7, 1, days_overdue=(1,), on_holiday=OnHoliday.EARLIER), due_on)
    assert last_working_day(due_on).on == date(2026, 9, 30)
    assert [(notice.offset_days, notice.planned_on) for notice in notices] == [
        (7, date(2026, 9, 23)),
        (1, date(2026, 9, 29)),
        (-1, date(2026, 10, 5)),
    ]
    assert not any(notice.is_provisional for notice in notices)


def test_a_plan_for_a_year_without_a_calendar_says_that_it_is_provisional() -> None:
    notices = list_notices(schedule(7, days_overdue=(1,), on_holiday=OnHoliday.EARLIER), date(2027, 10, 3))
    assert [(notice.offset_days, notice.planned_on, notice.is_provisional) for notice in notices] == [
        (7, date(2027, 9, 24), True),
        (-1, date(2027, 10, 4), False),
    ]


@given(due_on=DAYS, days=st.lists(st.integers(0, 400), max_size=8, unique=True))
def test_no_reminder_is_later_than_its_offset(due_on: date, days: list[int]) -> None:
    for notice in list_notices(schedule(*days, on_holiday=OnHoliday.EARLIER), due_on):
        assert due_on - timedelta(days=notice.offset_days + 12) <= notice.planned_on
        assert notice.planned_on <= due_on - timedelta(days=notice.offset_days)


@given(due_on=DAYS, known_in=st.integers(-30, 400), catches_up=st.booleans())
def test_nothing_gone_by_is_told_but_the_latest_before_the_day(due_on: date, known_in: int, catches_up: bool) -> None:
    known_on = due_on - timedelta(days=known_in)
    notices = list_notices(schedule(90, 30, 7, 1, days_overdue=(1, 30)), due_on)
    told = still_to_tell(notices, due_on, known_on=known_on, catches_up=catches_up)
    gone_by = [notice for notice in told if notice.planned_on < known_on]
    assert len(gone_by) <= (1 if catches_up and known_on <= due_on else 0)
    assert all(notice.offset_days >= 0 for notice in gone_by)
    assert {notice for notice in notices if notice.planned_on >= known_on} <= set(told)
