"""Notices: what was said or will be, to whom, when, why, and how far its copies got."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import Query
from sqlmodel import SQLModel

from services.notifications.api.deps import after_day
from services.notifications.api.schemas import DeliveryRead, NoticeDetail, NoticeRead
from services.notifications.domain.notices import NoticeState
from services.notifications.usecases import read_notices
from shared.kernel.roles import READERS, Role
from shared.web.access import allow
from shared.web.context import Ctx
from shared.web.edge import EdgeRouter
from shared.web.paging import Page, Paging, page_of
from shared.web.types import Code, Day, RegionCode, Uscc

router = EdgeRouter(prefix="/v1/notices", tags=["notices"])


@router.get("")
@allow(*READERS)
async def list_notices(
    ctx: Ctx,
    paging: Paging,
    uscc: Annotated[Uscc | None, Query(description="统一社会信用代码")] = None,
    duty_id: Annotated[UUID | None, Query(description="事项")] = None,
    kind: Annotated[Code | None, Query(description="通知种类:事项种类,或 award_proposed 等")] = None,
    state: Annotated[NoticeState | None, Query(description="状态")] = None,
    due_before: Annotated[Day | None, Query(description="到期日早于此日 / due before this day")] = None,
    region_code: Annotated[RegionCode | None, Query(description="行政区划,市州含所辖各县")] = None,
) -> Page[NoticeRead]:
    """通知列表,按计划日 / notices by the day they are planned for."""
    rows = await read_notices.list_notices(
        ctx.session,
        uscc=uscc,
        duty_id=duty_id,
        kind=kind,
        state=state,
        due_before=due_before,
        region_code=region_code,
        after=after_day(paging),
        limit=paging.limit + 1,
    )
    items = [NoticeRead.model_validate(row) for row in rows]
    return page_of(items, paging.limit, lambda item: (item.planned_on.isoformat(), str(item.id)))


@router.get("/{notice_id}")
@allow(*READERS)
async def get_notice(ctx: Ctx, notice_id: UUID) -> NoticeDetail:
    """一份通知:原文、模板版本、依据条款、各渠道送达情况 / one notice as sent, with its copies."""
    return notice_detail(*await read_notices.get_notice(ctx.session, notice_id))


@router.post("/{notice_id}/read")
@allow(Role.ENTERPRISE_CONTACT, Role.CASEWORKER)
async def mark_read(ctx: Ctx, notice_id: UUID) -> NoticeDetail:
    """登记企业已阅,首次为准 / the enterprise has read it; the first time counts."""
    reader, at = ctx.principal.subject, ctx.clock.now()
    return notice_detail(*await read_notices.mark_read(ctx.session, notice_id, reader=reader, at=at))


def notice_detail(notice: SQLModel, copies: Sequence[SQLModel]) -> NoticeDetail:
    """Return a notice as the API shows it."""
    deliveries = [DeliveryRead.model_validate(copy, from_attributes=True) for copy in copies]
    return NoticeDetail.model_validate(notice.model_dump() | {"deliveries": deliveries})
