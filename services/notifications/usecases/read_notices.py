"""Read notices: a page of a filtered list, or one with its copies; and note that the enterprise has read it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.db import delivery_repository, notice_repository
from services.notifications.db.notice_repository import NoticeFilter
from services.notifications.db.tables import Delivery, Notice
from services.notifications.domain.notices import NoticeState
from shared.kernel.errors import Conflict, NotFound
from shared.kernel.regions import expand_region


class NoticeNotSent(Conflict):
    """Only what was sent can be read."""

    code = "notice_not_sent"
    title = "通知尚未发出"


async def get_notice(session: AsyncSession, notice_id: UUID) -> tuple[Notice, list[Delivery]]:
    """Return a notice inside the asker's scope, with its copies."""
    notice = await notice_repository.find_notice(session, notice_id)
    if notice is None:
        raise NotFound()
    return notice, await delivery_repository.list_copies(session, notice_id)


async def list_notices(
    session: AsyncSession,
    *,
    uscc: str | None,
    duty_id: UUID | None,
    kind: str | None,
    state: NoticeState | None,
    due_before: date | None,
    region_code: str | None,
    after: tuple[date, UUID] | None,
    limit: int,
) -> list[Mapping[str, Any]]:
    """Return up to `limit` notices by the day they are planned for."""
    wanted = NoticeFilter(uscc, duty_id, kind, state, due_before, expand_region(region_code) if region_code else None)
    return await notice_repository.list_notices(session, wanted, after=after, limit=limit)


async def mark_read(
    session: AsyncSession, notice_id: UUID, *, reader: str, at: datetime
) -> tuple[Notice, list[Delivery]]:
    """Note who read a notice and when; the first reading counts."""
    notice = await notice_repository.find_notice(session, notice_id, for_change=True)
    if notice is None:
        raise NotFound()
    if notice.state is not NoticeState.SENT:
        raise NoticeNotSent()
    if notice.read_at is None:
        notice.read_at, notice.read_by = at, reader
        await session.flush()
    return notice, await delivery_repository.list_copies(session, notice_id)
