"""On which days the board keeps its whole sum: few enough to write, near enough to every day that is asked for."""

from __future__ import annotations

from datetime import date

from shared.kernel.dates import add_months

FIRST_YEAR = 1980
"""Boards before this year add up from the first enterprise on."""

_MONTHS_KEPT = 24


def mark_days(today: date) -> frozenset[date]:
    """Return the days whose sums are kept: today, the first of the last 24 months, and every 1 January."""
    month = today.replace(day=1)
    months = {add_months(month, -back) for back in range(_MONTHS_KEPT)}
    years = {date(year, 1, 1) for year in range(FIRST_YEAR, today.year + 1)}
    return frozenset({today} | months | years)
