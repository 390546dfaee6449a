"""The register of specialists and their yearly grades."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response

from services.pipeline.api.deps import WRITERS, Desk, id_after, id_key
from services.pipeline.api.schemas import GradeCreate, GradeRead, SpecialistCreate, SpecialistDetail, SpecialistRead
from services.pipeline.usecases.grade_specialist import grade_specialist
from services.pipeline.usecases.list_specialists import get_specialist, list_specialists
from services.pipeline.usecases.register_specialist import NewSpecialist, register_specialist
from shared.kernel.roles import READERS
from shared.web.access import allow
from shared.web.context import Ctx, etag_of
from shared.web.edge import EdgeRouter
from shared.web.paging import Page, Paging, page_of
from shared.web.types import Code, RegionCode

router = EdgeRouter(tags=["specialists"])


@router.post("/v1/specialists", status_code=201)
@allow(*WRITERS)
async def register(ctx: Ctx, desk: Desk, body: SpecialistCreate, response: Response) -> SpecialistRead:
    """登记服务人员 / register a specialist."""
    specialist = await register_specialist(ctx.session, NewSpecialist(**body.model_dump()), rules=desk.specialist_rules)
    response.headers["location"] = f"/v1/specialists/{specialist.id}"
    response.headers["etag"] = etag_of(specialist.version)
    return SpecialistRead.model_validate(specialist)


@router.get("/v1/specialists", response_model=Page[SpecialistRead])
@allow(*READERS)
async def list_page(
    ctx: Ctx,
    page: Paging,
    kind: Annotated[Code | None, Query()] = None,
    region_code: Annotated[RegionCode | None, Query()] = None,
    login: Annotated[Code | None, Query()] = None,
) -> Page[dict[str, Any]]:
    """服务人员名册 / list specialists."""
    rows = await list_specialists(
        ctx.session, kind=kind, region_code=region_code, login=login, after=id_after(page), limit=page.limit
    )
    return page_of(rows, page.limit, id_key)


@router.get("/v1/specialists/{specialist_id}")
@allow(*READERS)
async def show(ctx: Ctx, specialist_id: UUID, response: Response) -> SpecialistDetail:
    """一位服务人员和历年考核结果 / one specialist with all grades."""
    specialist, grades = await get_specialist(ctx.session, specialist_id)
    response.headers["etag"] = etag_of(specialist.version)
    return SpecialistDetail.model_validate({**specialist.model_dump(), "grades": grades})


@router.post("/v1/specialists/{specialist_id}/grades", status_code=201)
@allow(*WRITERS)
async def grade(ctx: Ctx, desk: Desk, specialist_id: UUID, body: GradeCreate) -> GradeRead:
    """登记年度考核结果 / record the grade of a year."""
    record = await grade_specialist(
        ctx.session,
        specialist_id,
        year=body.year,
        grade=body.grade,
        graded_on=body.graded_on,
        rules=desk.specialist_rules,
        today=ctx.today,
        by=ctx.principal,
    )
    return GradeRead.model_validate(record)
