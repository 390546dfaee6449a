"""Awards: read them, and take them through two bureaus and the government."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.awards.api.schemas import AmountDecision, AwardDetail, AwardRead, ReasonedStep, StepNote
from services.awards.api.views import award_detail, award_read
from services.awards.domain.states import AwardStatus, Step
from services.awards.usecases import read_awards
from services.awards.usecases.notes import Note
from services.awards.usecases.take_step import take_step
from shared.kernel.errors import FieldError, Invalid
from shared.kernel.roles import READERS, Role
from shared.web.access import IfMatch, allow
from shared.web.context import Ctx, RequestContext, etag_of
from shared.web.edge import EdgeRouter
from shared.web.paging import Page, Paging, page_of
from shared.web.types import Code, RegionCode, Uscc

router = EdgeRouter(prefix="/v1/awards", tags=["awards"])
_SEATED = (Role.SCIENCE_REVIEWER, Role.FINANCE_REVIEWER, Role.GOVERNMENT_APPROVER)


@router.get("")
@allow(*READERS)
async def list_awards(
    ctx: Ctx,
    paging: Paging,
    uscc: Annotated[Uscc | None, Query(description="统一社会信用代码")] = None,
    state: Annotated[
        list[AwardStatus] | None, Query(max_length=20, description="状态,可重复 / repeat for several")
    ] = None,
    region_code: Annotated[RegionCode | None, Query(description="行政区划,市州含所辖各县")] = None,
    rule: Annotated[Code | None, Query(description="奖补条款规则 / grant rule id")] = None,
) -> Page[AwardRead]:
    """奖补列表,新的在前 / awards, the newest first."""
    found = await read_awards.list_awards(
        ctx.session,
        uscc=uscc,
        states=state or (),
        region_code=region_code,
        rule=rule,
        after=_after(paging.key(str, str)),
        limit=paging.limit + 1,
    )
    items = [award_read(award) for award in found]
    return page_of(items, paging.limit, lambda item: (item.created_at.isoformat(), str(item.id)))


def _after(key: tuple[str, str] | None) -> tuple[datetime, UUID] | None:
    if key is None:
        return None
    try:
        return datetime.fromisoformat(key[0]), UUID(key[1])
    except ValueError as cause:
        wrong = FieldError("cursor", "invalid_cursor", "请使用上一页返回的 next_cursor")
        raise Invalid("cursor 无效", errors=(wrong,)) from cause


@router.get("/{award_id}")
@allow(*READERS)
async def get_award(ctx: Ctx, award_id: UUID, response: Response) -> AwardDetail:
    """一笔奖补:依据、说明、事实和各步办理 / one award with its reasons and steps."""
    award, reviews = await read_awards.get_award(ctx.session, award_id)
    response.headers["ETag"] = etag_of(award.version)
    return award_detail(award, reviews)


async def _take(
    ctx: RequestContext,
    response: Response,
    award_id: UUID,
    step: Step,
    body: StepNote | ReasonedStep | None,
    amount_fen: int | None = None,
) -> AwardDetail:
    note = Note(body.comment, body.reason, body.document_number) if body else Note()
    award = await take_step(
        ctx.session,
        ctx.principal,
        ctx.clock,
        award_id,
        step,
        note,
        check_version=ctx.check_match,
        amount_fen=amount_fen,
    )
    response.headers["ETag"] = etag_of(award.version)
    return award_detail(*await read_awards.get_award(ctx.session, award_id))


@router.post("/{award_id}/science-review")
@allow(Role.SCIENCE_REVIEWER, if_match=IfMatch.HEEDED)
async def review_as_science_bureau(
    ctx: Ctx, response: Response, award_id: UUID, body: StepNote | None = None
) -> AwardDetail:
    """科技局审核通过 / the science bureau approves."""
    return await _take(ctx, response, award_id, Step.SCIENCE_REVIEW, body)


@router.post("/{award_id}/finance-review")
@allow(Role.FINANCE_REVIEWER, if_match=IfMatch.HEEDED)
async def review_as_finance_bureau(
    ctx: Ctx, response: Response, award_id: UUID, body: StepNote | None = None
) -> AwardDetail:
    """财政局审核通过 / the finance bureau approves."""
    return await _take(ctx, response, award_id, Step.FINANCE_REVIEW, body)


@router.post("/{award_id}/government-consent")
@allow(Role.GOVERNMENT_APPROVER, if_match=IfMatch.HEEDED)
async def consent_as_government(
    ctx: Ctx, response: Response, award_id: UUID, body: StepNote | None = None
) -> AwardDetail:
    """政府同意,奖补即定 / the government consents: the award is decided."""
    return await _take(ctx, response, award_id, Step.GOVERNMENT_CONSENT, body)


@router.post("/{award_id}/return")
@allow(*_SEATED, if_match=IfMatch.HEEDED)
async def return_for_correction(ctx: Ctx, response: Response, award_id: UUID, body: ReasonedStep) -> AwardDetail:
    """退回补正,须写明理由 / return for correction, with a reason."""
    return await _take(ctx, response, award_id, Step.RETURN, body)


@router.post("/{award_id}/reject")
@allow(*_SEATED, if_match=IfMatch.HEEDED)
async def reject_award(ctx: Ctx, response: Response, award_id: UUID, body: ReasonedStep) -> AwardDetail:
    """驳回,须写明理由 / reject, with a reason."""
    return await _take(ctx, response, award_id, Step.REJECT, body)


@router.post("/{award_id}/decide-amount")
@allow(Role.SCIENCE_REVIEWER, if_match=IfMatch.HEEDED)
async def decide_amount(ctx: Ctx, response: Response, award_id: UUID, body: AmountDecision) -> AwardDetail:
    """核定条款未写明的金额,须写明理由 / decide an amount the clause leaves open, with a reason."""
    return await _take(ctx, response, award_id, Step.DECIDE_AMOUNT, body, body.amount_fen)
