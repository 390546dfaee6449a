"""Send what is due by a business date: of each duty the latest notice only."""

from __future__ import annotations

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.db import notice_repository
from services.notifications.db.notice_repository import NoticeToSend
from services.notifications.domain.handbook import Handbook
from services.notifications.domain.records import DueNotice
from services.notifications.domain.templates import Phase, render
from services.notifications.domain.wording import duty_values
from services.notifications.usecases.deliver_notices import deliver_notices, notice_to_send

CHUNK = 1000


async def send_due_notices(session: AsyncSession, handbook: Handbook, as_of: date, *, limit: int | None = None) -> int:
    """Send up to `limit` notices (all of them without one) whose day has come; returns how many were sent."""
    sent_count = 0
    while limit is None or sent_count < limit:
        wanted = CHUNK if limit is None else min(CHUNK, limit - sent_count)
        due = await notice_repository.take_due(session, as_of, limit=wanted)
        words = [_word(handbook, notice, as_of) for notice in due]
        sent_count += await deliver_notices(session, words, sent_on=as_of)
        if len(due) < wanted:
            break
    return sent_count


def _word(handbook: Handbook, notice: DueNotice, today: date) -> NoticeToSend:
    template = handbook.templates.choose(notice.kind, Phase.REMINDER if notice.offset_days >= 0 else Phase.OVERDUE)
    values = duty_values(
        enterprise_name=notice.enterprise_name,
        uscc=notice.place.uscc,
        label=notice.label,
        due_on=notice.due_on,
        today=today,
        clause=notice.clause,
        rule=handbook.rules.for_region(notice.place.region_code).rule_of(notice.kind),
    )
    return notice_to_send(notice.id, render(template, values), notice.clause)
