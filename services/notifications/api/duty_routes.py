"""Duties: what an enterprise must do by when."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.notifications.api.deps import after_day
from services.notifications.api.schemas import DutyCompletion, DutyRead, DutyWaiver
from services.notifications.domain.duties import DutyState
from services.notifications.usecases import close_duty, read_duties
from shared.kernel.roles import READERS, Role
from shared.web.access import IfMatch, allow
from shared.web.context import Ctx, etag_of
from shared.web.edge import EdgeRouter
from shared.web.paging import Page, Paging, page_of
from shared.web.types import Code, Day, RegionCode, Uscc

router = EdgeRouter(prefix="/v1/duties", tags=["duties"])


@router.get("")
@allow(*READERS)
async def list_duties(
    ctx: Ctx,
    paging: Paging,
    uscc: Annotated[Uscc | None, Query(description="统一社会信用代码")] = None,
    kind: Annotated[Code | None, Query(description="事项种类 / duty kind")] = None,
    state: Annotated[DutyState | None, Query(description="状态")] = None,
    due_before: Annotated[Day | None, Query(description="到期日早于此日 / due before this day")] = None,
    region_code: Annotated[RegionCode | None, Query(description="行政区划,市州含所辖各县")] = None,
) -> Page[DutyRead]:
    """事项列表,按到期日 / duties by due date."""
    rows = await read_duties.list_duties(
        ctx.session,
        uscc=uscc,
        kind=kind,
        state=state,
        due_before=due_before,
        region_code=region_code,
        after=after_day(paging),
        limit=paging.limit + 1,
    )
    items = [DutyRead.model_validate(row) for row in rows]
    return page_of(items, paging.limit, lambda item: (item.due_on.isoformat(), str(item.id)))


@router.get("/{duty_id}")
@allow(*READERS)
async def get_duty(ctx: Ctx, response: Response, duty_id: UUID) -> DutyRead:
    """一个事项 / one duty."""
    duty = await read_duties.get_duty(ctx.session, duty_id)
    response.headers["ETag"] = etag_of(duty.version)
    return DutyRead.model_validate(duty, from_attributes=True)


@router.post("/{duty_id}/done")
@allow(Role.CASEWORKER, Role.ADMINISTRATOR, Role.ENTERPRISE_CONTACT, if_match=IfMatch.HEEDED)
async def complete_duty(ctx: Ctx, response: Response, duty_id: UUID, body: DutyCompletion) -> DutyRead:
    """登记完成,须写明证明 / done, with proof; no further reminder goes out."""
    duty = await close_duty.find_awaited_duty(ctx.session, duty_id)
    ctx.check_match(duty.version)
    done_on = body.done_on or ctx.today
    duty = await close_duty.complete_duty(ctx.session, duty, done_on=done_on, proof=body.proof, today=ctx.today)
    response.headers["ETag"] = etag_of(duty.version)
    return DutyRead.model_validate(duty, from_attributes=True)


@router.post("/{duty_id}/waive")
@allow(Role.CASEWORKER, Role.ADMINISTRATOR, if_match=IfMatch.HEEDED)
async def waive_duty(ctx: Ctx, response: Response, duty_id: UUID, body: DutyWaiver) -> DutyRead:
    """豁免,须写明理由 / waived, with a reason; no further reminder goes out."""
    duty = await close_duty.find_awaited_duty(ctx.session, duty_id)
    ctx.check_match(duty.version)
    duty = await close_duty.waive_duty(ctx.session, duty, reason=body.reason)
    response.headers["ETag"] = etag_of(duty.version)
    return DutyRead.model_validate(duty, from_attributes=True)
