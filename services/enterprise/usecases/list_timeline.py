"""List what happened to an enterprise, over all services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.enterprise.db.enterprise_repository import find_version
from services.enterprise.db.timeline_repository import TimelineEntry, list_timeline_entries
from services.enterprise.domain.errors import EnterpriseNotFound
from services.enterprise.domain.ladders import Ladders
from services.enterprise.domain.timeline import RecordLink, link_to, title_of


@dataclass(frozen=True)
class TimelineItem:
    """One entry as it is shown."""

    id: int
    event_id: UUID
    event_type: str
    occurred_at: datetime
    title: str
    actor: str | None
    record: RecordLink


async def list_timeline(
    session: AsyncSession, ladders: Ladders, uscc: str, *, before: tuple[int, int] | None, limit: int
) -> list[TimelineItem]:
    """Return up to `limit` entries, newest first, before a sort key (microseconds, id)."""
    if await find_version(session, uscc) is None:
        raise EnterpriseNotFound(f"没有统一社会信用代码为 {uscc} 的企业,或不在您的管辖范围内")
    entries = await list_timeline_entries(session, uscc, before=before, limit=limit)
    return [_shown(entry, ladders) for entry in entries]


def _shown(entry: TimelineEntry, ladders: Ladders) -> TimelineItem:
    return TimelineItem(
        id=entry.id,
        event_id=entry.event_id,
        event_type=entry.event_type,
        occurred_at=entry.occurred_at,
        title=title_of(entry.event_type, entry.details, ladders.labels),
        actor=entry.actor,
        record=link_to(entry.event_type, entry.aggregate, entry.aggregate_id),
    )
