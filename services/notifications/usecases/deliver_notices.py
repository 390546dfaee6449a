"""Make planned notices the notices of record: words, version, clause, queued copies and news in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications import says
from services.notifications.db import delivery_repository, notice_repository
from services.notifications.db.notice_repository import NoticeToSend
from services.notifications.domain.templates import RenderedText
from shared.outbox import append_all


def notice_to_send(notice_id: UUID, text: RenderedText, clause: str) -> NoticeToSend:
    """Return a notice with the words it is sent with."""
    return NoticeToSend(notice_id, text.title, text.body, clause, text.template_id, text.template_version)


async def deliver_notices(session: AsyncSession, notices: Sequence[NoticeToSend], *, sent_on: date) -> int:
    """Send the notices in the application, queue their copies, and say so; returns how many were sent."""
    sent = await notice_repository.mark_sent(session, notices, sent_on=sent_on)
    if sent:
        await delivery_repository.queue_copies(session, [record.id for record in sent])
        await append_all(session, [says.notice_sent(record) for record in sent])
    return len(sent)
