"""The one clock: instants are aware UTC, business dates are Asia/Shanghai dates, 'today' is injected."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Where code asks for the time; nothing else in the project reads the system's clock."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""

    def today(self) -> date:
        """Return the business date (Asia/Shanghai)."""


class SystemClock:
    """The machine's clock, read as a Shanghai date."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return datetime.now(UTC)

    def today(self) -> date:
        """Return the Shanghai date of the present instant."""
        return datetime.now(SHANGHAI).date()


class FixedClock:
    """A clock whose business date stands still, for tests and for local trials; instants stay real."""

    def __init__(self, today: date) -> None:
        self._today = today

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return datetime.now(UTC)

    def today(self) -> date:
        """Return the fixed business date."""
        return self._today


def business_date(instant: datetime) -> date:
    """Return the Shanghai date of an aware instant; naive instants are refused with ValueError."""
    if instant.tzinfo is None:
        raise ValueError("a naive datetime has no business date")
    return instant.astimezone(SHANGHAI).date()
