"""Pool memberships: admit, look, exit."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response

from services.pipeline.api.deps import WRITERS, Desk, id_after, id_key
from services.pipeline.api.schemas import MembershipCreate, MembershipDetail, MembershipExit, MembershipRead, PoolId
from services.pipeline.domain.memberships import MembershipState
from services.pipeline.usecases.admit_enterprise import AdmitEnterprise, admit_enterprise
from services.pipeline.usecases.exit_membership import exit_membership
from services.pipeline.usecases.list_memberships import MembershipFilter, get_membership, list_memberships
from shared.kernel.roles import READERS
from shared.web.access import IfMatch, allow
from shared.web.context import Ctx, etag_of
from shared.web.edge import EdgeRouter
from shared.web.paging import Page, Paging, page_of
from shared.web.types import Code, RegionCode, Uscc

router = EdgeRouter(tags=["memberships"])


@router.post("/v1/memberships", status_code=201)
@allow(*WRITERS)
async def admit(ctx: Ctx, desk: Desk, body: MembershipCreate, response: Response) -> MembershipRead:
    """入库 / admit an enterprise to a pool."""
    wish = AdmitEnterprise(**body.model_dump())
    membership = await admit_enterprise(ctx.session, wish, pools=desk.pools, today=ctx.today, by=ctx.principal)
    response.headers["location"] = f"/v1/memberships/{membership.id}"
    response.headers["etag"] = etag_of(membership.version)
    return MembershipRead.model_validate(membership)


@router.get("/v1/memberships", response_model=Page[MembershipRead])
@allow(*READERS)
async def list_page(
    ctx: Ctx,
    page: Paging,
    uscc: Annotated[Uscc | None, Query()] = None,
    state: Annotated[MembershipState | None, Query()] = None,
    pool: Annotated[PoolId | None, Query()] = None,
    region_code: Annotated[RegionCode | None, Query()] = None,
    park_code: Annotated[Code | None, Query()] = None,
) -> Page[dict[str, Any]]:
    """在库、出库名单 / list memberships."""
    wanted = MembershipFilter(uscc, state, pool, region_code, park_code)
    rows = await list_memberships(ctx.session, wanted, after=id_after(page), limit=page.limit)
    return page_of(rows, page.limit, id_key)


@router.get("/v1/memberships/{membership_id}")
@allow(*READERS)
async def show(ctx: Ctx, membership_id: UUID, response: Response) -> MembershipDetail:
    """一次在库经历,连同决定时冻结的事实 / one membership with its frozen facts."""
    membership = await get_membership(ctx.session, membership_id)
    response.headers["etag"] = etag_of(membership.version)
    return MembershipDetail.model_validate(membership)


@router.post("/v1/memberships/{membership_id}/exit")
@allow(*WRITERS, if_match=IfMatch.HEEDED)
async def leave(ctx: Ctx, membership_id: UUID, body: MembershipExit, response: Response) -> MembershipRead:
    """出库 / end a membership by withdrawal or removal."""
    membership = await exit_membership(
        ctx.session,
        membership_id,
        kind=body.kind,
        reason=body.reason,
        exited_on=body.exited_on,
        today=ctx.today,
        by=ctx.principal,
        check_version=ctx.check_match,
    )
    response.headers["etag"] = etag_of(membership.version)
    return MembershipRead.model_validate(membership)
