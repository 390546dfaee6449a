"""Enterprises: register, read, list, update."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response

from services.enterprise.api.deps import WRITERS, AsOf, PartsDep, RegisterDep, UsccPath
from services.enterprise.api.schemas import EnterpriseCreate, EnterpriseRead, EnterpriseSummary, EnterpriseUpdate
from services.enterprise.usecases.changing import open_enterprise
from services.enterprise.usecases.get_enterprise import get_enterprise
from services.enterprise.usecases.list_enterprises import Wanted, list_enterprises
from services.enterprise.usecases.register_enterprise import NewEnterprise, register_enterprise
from services.enterprise.usecases.update_enterprise import update_enterprise
from shared.kernel.roles import READERS
from shared.web.access import IfMatch, allow
from shared.web.context import Ctx, RequestContext, etag_of
from shared.web.edge import EdgeRouter
from shared.web.paging import Page, Paging, encode_cursor
from shared.web.types import Code, Day, RegionCode, Search

router = EdgeRouter(prefix="/v1/enterprises", tags=["enterprises"])
_JSON = "application/json"


async def _answer(ctx: RequestContext, uscc: str, status: int, headers: dict[str, str] | None = None) -> Response:
    version, body = await get_enterprise(ctx.session, uscc, as_of=ctx.today)
    return Response(body, status, {"ETag": etag_of(version), **(headers or {})}, _JSON)


@router.post("", status_code=201, response_model=EnterpriseRead)
@allow(*WRITERS)
async def create(ctx: Ctx, register: RegisterDep, body: EnterpriseCreate) -> Response:
    """登记企业 / register an enterprise."""
    enterprise = await register_enterprise(ctx.session, register, NewEnterprise(**body.model_dump()))
    return await _answer(ctx, enterprise.uscc, 201, {"Location": f"/v1/enterprises/{enterprise.uscc}"})


@router.get("/{uscc}", response_model=EnterpriseRead)
@allow(*READERS)
async def read(ctx: Ctx, uscc: UsccPath, as_of: AsOf) -> Response:
    """一家企业及其截至某日的事实 / one enterprise with its facts as of a day."""
    version, body = await get_enterprise(ctx.session, uscc, as_of=as_of)
    return Response(body, 200, {"ETag": etag_of(version)}, _JSON)


@router.patch("/{uscc}", response_model=EnterpriseRead)
@allow(*WRITERS, if_match=IfMatch.REQUIRED)
async def update(ctx: Ctx, register: RegisterDep, uscc: UsccPath, body: EnterpriseUpdate) -> Response:
    """修改基本信息、更名或迁移(需 If-Match)/ change master data, rename or move."""
    before = await open_enterprise(ctx.session, uscc)
    ctx.require_match(before.version)
    changes = body.model_dump(exclude_unset=True, exclude={"moved_on", "reason"})
    await update_enterprise(ctx.session, register, before, changes, moved_on=body.moved_on, reason=body.reason)
    return await _answer(ctx, uscc, 200)


@router.get("", response_model=Page[EnterpriseSummary])
@allow(*READERS)
async def list_all(
    ctx: Ctx,
    parts: PartsDep,
    paging: Paging,
    as_of: AsOf,
    region_code: Annotated[RegionCode | None, Query(description="行政区划,含下级 / division, with those below")] = None,
    park_code: Annotated[Code | None, Query(description="园区 / park")] = None,
    rung: Annotated[Code | None, Query(description="层级 / rung on that day")] = None,
    q: Annotated[Search | None, Query(description="名称、曾用名或信用代码片段 / part of a name or code")] = None,
    expiring_before: Annotated[Day | None, Query(description="有认定在此日前到期且未续 / expiring before")] = None,
) -> Response:
    """企业列表,按信用代码排序 / enterprises by code."""
    after = paging.key(str)
    wanted = Wanted(as_of, region_code, park_code, rung, q, expiring_before)
    rows = await list_enterprises(
        ctx.session,
        ctx.principal.scope,
        wanted,
        rungs=parts.ladders.rungs,
        today=ctx.today,
        after=after[0] if after else None,
        limit=paging.limit + 1,
    )
    return _page(rows, paging.limit)


def _page(rows: list[tuple[str, str]], limit: int) -> Response:
    """Join the items that PostgreSQL wrote; one more than asked tells that there is a next page."""
    shown = rows[:limit]
    cursor = f'"{encode_cursor([shown[-1][0]])}"' if len(rows) > limit else "null"
    body = f'{{"items":[{",".join(item for _, item in shown)}],"next_cursor":{cursor}}}'
    return Response(body.encode(), media_type=_JSON)
