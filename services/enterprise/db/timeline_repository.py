"""Timeline entries: added as events are heard, read newest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.base import EventMeta

# The entry lies where the enterprise lies now, not where the event still saw it.
_INSERT = sa.text(
    "INSERT INTO timeline_entries (event_id, uscc, region_code, park_code, event_type, aggregate, aggregate_id,"
    " occurred_at, actor, details)"
    " SELECT :event_id, uscc, region_code, park_code, :event_type, :aggregate, :aggregate_id, :occurred_at,"
    " CAST(:actor AS text), :details FROM enterprises WHERE uscc = :uscc ON CONFLICT (event_id) DO NOTHING"
).bindparams(sa.bindparam("details", type_=JSONB))

_COLUMNS = "id, event_id, event_type, aggregate, aggregate_id, occurred_at, actor, details"
_NEWEST = sa.text(
    f"SELECT {_COLUMNS} FROM timeline_entries WHERE uscc = :uscc"  # noqa: S608 - constants only
    " ORDER BY occurred_at DESC, id DESC LIMIT :limit"
)
_OLDER = sa.text(
    f"SELECT {_COLUMNS} FROM timeline_entries WHERE uscc = :uscc"  # noqa: S608 - constants only
    " AND (occurred_at, id) < (to_timestamp(0) + make_interval(secs => :microseconds / 1e6), :id)"
    " ORDER BY occurred_at DESC, id DESC LIMIT :limit"
)


@dataclass(frozen=True)
class TimelineEntry:
    """One stored entry."""

    id: int
    event_id: UUID
    event_type: str
    aggregate: str
    aggregate_id: str
    occurred_at: datetime
    actor: str | None
    details: Mapping[str, Any]


async def insert_timeline_entry(
    session: AsyncSession, *, uscc: str, aggregate: str, meta: EventMeta, details: Mapping[str, Any]
) -> None:
    """Add an event to the timeline of its enterprise, once."""
    values = {
        "event_id": meta.event_id,
        "uscc": uscc,
        "event_type": meta.event_type,
        "aggregate": aggregate,
        "aggregate_id": meta.agg_id,
        "occurred_at": meta.occurred_at,
        "actor": meta.actor,
        "details": details,
    }
    await session.execute(_INSERT, values)


async def list_timeline_entries(
    session: AsyncSession, uscc: str, *, before: tuple[int, int] | None, limit: int
) -> list[TimelineEntry]:
    """Return up to `limit` entries older than a sort key (microseconds since 1970, id), newest first."""
    if before is None:
        rows = await session.execute(_NEWEST, {"uscc": uscc, "limit": limit})
    else:
        key = {"microseconds": before[0], "id": before[1]}
        rows = await session.execute(_OLDER, {"uscc": uscc, "limit": limit, **key})
    return [TimelineEntry(**row) for row in rows.mappings()]
