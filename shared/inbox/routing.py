"""From an event's type to what this service does with it: a handler, nothing, or parking what is too new to read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.base import Event, EventMeta

Handler = Callable[[AsyncSession, Any, EventMeta], Awaitable[None]]
"""Applies one event in the session of the transaction that moves the watermark; writes only its own database."""

Hears = Mapping[type[Event], Handler]
"""What a service hears: event class to handler, the table in its hears.py."""


@dataclass(frozen=True)
class Heard:
    """An event this service has a handler for."""

    event_class: type[Event]
    handler: Handler


@dataclass(frozen=True)
class Unheard:
    """An event that concerns others."""


@dataclass(frozen=True)
class TooNew:
    """A newer major version of an event this service hears: it must not be guessed at."""


Route = Heard | Unheard | TooNew


class Router:
    """Finds the route of an event type."""

    def __init__(self, hears: Hears) -> None:
        self._routes: dict[str, Route] = {
            event_class.event_type: Heard(event_class, handler) for event_class, handler in hears.items()
        }
        self._majors: dict[str, int] = {}
        for event_type in list(self._routes):
            fact, major = split_type(event_type)
            self._majors[fact] = max(major, self._majors.get(fact, 0))

    def find(self, event_type: str) -> Route:
        """Return what to do with events of this type."""
        known = self._routes.get(event_type)
        if known is not None:
            return known
        fact, major = split_type(event_type)
        return TooNew() if major > self._majors.get(fact, major) else Unheard()


def split_type(event_type: str) -> tuple[str, int]:
    """Split `enterprise.updated.v2` into the fact and its major version; a type of another form has version 0."""
    fact, separator, major = event_type.rpartition(".v")
    return (fact, int(major)) if separator and major.isdecimal() else (event_type, 0)
