"""Date arithmetic of the law: periods end on the corresponding day, or on the month's last (Civil Code art. 202)."""

from __future__ import annotations

import calendar
from datetime import date, timedelta


def add_months(day: date, months: int) -> date:
    """Return the corresponding day `months` later (or earlier), clamped to the month's end."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def add_years(day: date, years: int) -> date:
    """Return the corresponding day `years` later; 29 February becomes 28 February in a common year."""
    return add_months(day, years * 12)


def last_valid_day(issued_on: date, years: int) -> date:
    """Return the last day of a certificate issued on `issued_on` that is valid for `years` years."""
    return add_years(issued_on, years) - timedelta(days=1)
