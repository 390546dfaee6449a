"""Dated facts of an enterprise: yearly figures, and whether it is above designated size."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Response

from services.enterprise.api.deps import WRITERS, RegisterDep, UsccPath
from services.enterprise.api.schemas import FiguresReport, FiguresResult, ScaleCreate, ScaleResult
from services.enterprise.domain.enterprise import ScaleMark
from services.enterprise.domain.figures import FIGURE_ITEMS
from services.enterprise.usecases.change_scale import change_scale
from services.enterprise.usecases.changing import open_enterprise
from services.enterprise.usecases.report_figures import report_figures
from shared.web.access import IfMatch, allow
from shared.web.context import Ctx, etag_of
from shared.web.edge import EdgeRouter
from shared.web.types import YearInPath

router = EdgeRouter(prefix="/v1/enterprises/{uscc}", tags=["facts"])


@router.put("/figures/{year}")
@allow(*WRITERS, if_match=IfMatch.HEEDED)
async def put_figures(
    ctx: Ctx,
    register: RegisterDep,
    response: Response,
    uscc: UsccPath,
    year: Annotated[YearInPath, Path(description="年度 / year")],
    body: FiguresReport,
) -> FiguresResult:
    """填报或更正年度数据,旧值留存 / report or correct the figures of a year; earlier values are kept."""
    before = await open_enterprise(ctx.session, uscc)
    ctx.check_match(before.version)
    items = body.model_dump(exclude={"source"}, exclude_none=True)
    after = await report_figures(ctx.session, register, before, year=year, items=items, source=body.source)
    response.headers["ETag"] = etag_of(after.version)
    known = next(figures for figures in after.figures if figures.year == year)
    values = dict.fromkeys(FIGURE_ITEMS) | known.items
    return FiguresResult(uscc=uscc, version=after.version, year=year, source=known.source, **values)


@router.post("/scale", status_code=201)
@allow(*WRITERS, if_match=IfMatch.HEEDED)
async def post_scale(
    ctx: Ctx, register: RegisterDep, response: Response, uscc: UsccPath, body: ScaleCreate
) -> ScaleResult:
    """记录自某日起规上或规下 / record above or below designated size from a day on."""
    before = await open_enterprise(ctx.session, uscc)
    ctx.check_match(before.version)
    mark = ScaleMark(body.above_scale, body.from_on, body.source)
    after = await change_scale(ctx.session, register, before, mark)
    response.headers["ETag"] = etag_of(after.version)
    return ScaleResult(uscc=uscc, version=after.version, **body.model_dump())
