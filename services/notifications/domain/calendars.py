"""An enterprise's duties as a calendar that any calendar program reads (RFC 5545): one all-day entry a duty."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from icalendar import Calendar, Event

_PRODUCT = "-//Tidu//notifications//ZH"


@dataclass(frozen=True)
class CalendarEntry:
    """One duty on its day."""

    duty_id: UUID
    version: int
    title: str
    description: str
    due_on: date
    changed_at: datetime


def build_calendar(name: str, entries: Iterable[CalendarEntry]) -> bytes:
    """Return the calendar's text."""
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", "Asia/Shanghai")
    for entry in entries:
        calendar.add_component(_event(entry))
    return bytes(calendar.to_ical())


def _event(entry: CalendarEntry) -> Event:
    event = Event()
    event.add("uid", f"{entry.duty_id}@tidu")
    event.add("sequence", entry.version)
    event.add("dtstamp", entry.changed_at)
    event.add("dtstart", entry.due_on)
    event.add("dtend", entry.due_on + timedelta(days=1))
    event.add("summary", entry.title)
    event.add("description", entry.description)
    event.add("transp", "TRANSPARENT")
    return event
