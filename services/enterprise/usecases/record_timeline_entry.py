"""Put an event of any service on its enterprise's timeline."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from services.enterprise.db.timeline_repository import insert_timeline_entry
from shared.events.base import Event, EventMeta

_NOT_SHOWN = {"enterprise", "contacts", "version"}


async def record_timeline_entry(session: AsyncSession, event: Event, meta: EventMeta) -> None:
    """Keep what the event says besides the enterprise's whole state; contacts are never kept here.

    An event about no registered enterprise (an award to a person) has no timeline to go on.
    """
    details = event.model_dump(mode="json", exclude=_NOT_SHOWN)
    await insert_timeline_entry(session, uscc=event.key, aggregate=type(event).aggregate, meta=meta, details=details)
