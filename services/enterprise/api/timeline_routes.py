"""The timeline of an enterprise over all services."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from pydantic import BaseModel

from services.enterprise.api.deps import PartsDep, UsccPath
from services.enterprise.usecases.list_timeline import TimelineItem, list_timeline
from shared.kernel.roles import READERS
from shared.web.access import allow
from shared.web.context import Ctx
from shared.web.edge import EdgeRouter
from shared.web.paging import Page, Paging, page_of

router = EdgeRouter(prefix="/v1/enterprises/{uscc}/timeline", tags=["timeline"])
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class RecordRead(BaseModel):
    """Where the record behind an entry is found."""

    service: str
    kind: str
    id: str
    path: str


class TimelineEntryRead(BaseModel):
    """One entry: what happened, when, by whom, and the record it points to."""

    id: UUID
    type: str
    title: str
    occurred_at: datetime
    actor: str | None
    record: RecordRead


@router.get("")
@allow(*READERS)
async def list_all(ctx: Ctx, parts: PartsDep, paging: Paging, uscc: UsccPath) -> Page[TimelineEntryRead]:
    """企业时间线,新的在前,汇总四个服务 / what happened, newest first, over all four services."""
    before = paging.key(int, int)
    found = await list_timeline(ctx.session, parts.ladders, uscc, before=before, limit=paging.limit + 1)
    page = page_of(found, paging.limit, _key)
    return Page(items=[_shown(item) for item in page.items], next_cursor=page.next_cursor)


def _key(item: TimelineItem) -> tuple[int, int]:
    since = item.occurred_at - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds, item.id


def _shown(item: TimelineItem) -> TimelineEntryRead:
    return TimelineEntryRead(
        id=item.event_id,
        type=item.event_type,
        title=item.title,
        occurred_at=item.occurred_at,
        actor=item.actor,
        record=RecordRead(**vars_of(item)),
    )


def vars_of(item: TimelineItem) -> dict[str, str]:
    """Return the fields of an entry's link."""
    link = item.record
    return {"service": link.service, "kind": link.kind, "id": link.id, "path": link.path}
