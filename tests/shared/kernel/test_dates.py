"""Dates of the law: corresponding days, month ends, 29 February, and Shanghai's day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.clock import SHANGHAI, FixedClock, SystemClock, business_date
from shared.kernel.dates import add_months, add_years, last_valid_day


@pytest.mark.parametrize(
    ("day", "years", "expected"),
    [
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
        (date(2023, 2, 28), 1, date(2024, 2, 28)),
        (date(2020, 11, 23), 3, date(2023, 11, 23)),
    ],
)
def test_years_end_on_the_corresponding_day(day: date, years: int, expected: date) -> None:
    assert add_years(day, years) == expected


def test_months_are_clamped_to_their_end() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2026, 3, 31), -1) == date(2026, 2, 28)


def test_a_three_year_certificate_ends_the_day_before() -> None:
    assert last_valid_day(date(2020, 11, 23), 3) == date(2023, 11, 22)
    assert last_valid_day(date(2024, 2, 29), 3) == date(2027, 2, 27)


@given(st.dates(date(1980, 1, 1), date(2100, 1, 1)), st.integers(-240, 240))
def test_adding_months_never_fails_and_keeps_the_month(day: date, months: int) -> None:
    result = add_months(day, months)
    assert result.year * 12 + result.month == day.year * 12 + day.month + months
    assert result.day <= day.day


@given(st.dates(date(1986, 1, 1), date(1991, 12, 31)))
def test_every_day_of_the_summer_time_years_stays_itself(day: date) -> None:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI)
    assert business_date(noon.astimezone(UTC)) == day


def test_late_evening_utc_is_tomorrow_in_shanghai() -> None:
    assert business_date(datetime(2026, 12, 31, 16, 30, tzinfo=UTC)) == date(2027, 1, 1)


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        business_date(datetime(2026, 1, 1))  # noqa: DTZ001 - the point of the test


def test_clocks_give_aware_instants() -> None:
    assert FixedClock(date(2026, 2, 28)).today() == date(2026, 2, 28)
    for clock in (SystemClock(), FixedClock(date(2026, 2, 28))):
        assert clock.now().utcoffset() == timedelta(0)
