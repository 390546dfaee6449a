"""All event classes of all services, found by type. Importing this module registers the whole catalogue."""

from __future__ import annotations

from shared.events import awards, enterprise, notifications, pipeline
from shared.events.base import EVENTS, Event

CATALOGUE = (enterprise, pipeline, awards, notifications)
"""The modules that hold the event classes, one a service."""


def find_event(event_type: str) -> type[Event] | None:
    """Return the class of an event type, None for a type this version does not know."""
    return EVENTS.get(event_type)
