"""The law as the service knows it: policies, provisions, and what they give an enterprise."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from services.awards.api.deps import Desk
from services.awards.api.schemas import EvaluationRead, EvaluationRequest, PolicyRead, ProvisionRead
from services.awards.api.views import decision_read, policy_read, provisions_read
from services.awards.usecases.evaluate_enterprise import evaluate_enterprise
from shared.kernel.roles import READERS
from shared.web.access import allow
from shared.web.context import Ctx
from shared.web.edge import EdgeRouter
from shared.web.paging import Page, Paging, page_of
from shared.web.types import RegionCode

router = EdgeRouter(prefix="/v1", tags=["policies"])
Jurisdiction = Annotated[RegionCode | None, Query(description="制定机关的行政区划,如 530900")]


@router.get("/policies")
@allow(*READERS)
async def list_policies(ctx: Ctx, desk: Desk, paging: Paging, jurisdiction: Jurisdiction = None) -> Page[PolicyRead]:
    """政策及其条款规则、读法和内容指纹 / policies with their grant rules, readings and fingerprints."""
    after = paging.key(str)
    packs = sorted(desk.library.packs, key=lambda loaded: loaded.pack.id)
    wanted = [
        policy_read(loaded)
        for loaded in packs
        if jurisdiction in (None, loaded.pack.jurisdiction) and (after is None or loaded.pack.id > after[0])
    ]
    return page_of(wanted, paging.limit, lambda policy: (policy.id,))


@router.get("/provisions")
@allow(*READERS)
async def list_provisions(
    ctx: Ctx, desk: Desk, paging: Paging, jurisdiction: Jurisdiction = None
) -> Page[ProvisionRead]:
    """条款原文及由什么承载 / provisions in their own words, and what carries each."""
    after = paging.key(str)
    wanted = [
        provision
        for provision in provisions_read(desk.library)
        if jurisdiction in (None, provision.jurisdiction) and (after is None or provision.id > after[0])
    ]
    return page_of(wanted, paging.limit, lambda provision: (provision.id,))


@router.post("/evaluations")
@allow(*READERS)
async def evaluate(ctx: Ctx, desk: Desk, body: EvaluationRequest) -> EvaluationRead:
    """按政策测算一家企业,逐条说明理由,不产生任何变更 / evaluate an enterprise; nothing is changed."""
    on = body.on or ctx.today
    found = await evaluate_enterprise(ctx.session, desk, body.uscc, on)
    return EvaluationRead(uscc=body.uscc, on=on, decisions=[decision_read(item) for item in found])
