"""One-to-one service: assign, visit, hand over."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response

from services.pipeline.api.deps import WRITERS, id_after, id_key
from services.pipeline.api.schemas import AssignmentCreate, AssignmentHandover, AssignmentRead, VisitCreate, VisitRead
from services.pipeline.domain.assignments import AssignmentState
from services.pipeline.usecases.assign_specialist import assign_specialist
from services.pipeline.usecases.hand_over import hand_over
from services.pipeline.usecases.list_assignments import (
    AssignmentFilter,
    get_assignment,
    list_assignments,
    list_visits,
)
from services.pipeline.usecases.log_visit import VisitEntry, log_visit
from shared.kernel.roles import READERS, Role
from shared.web.access import IfMatch, allow
from shared.web.context import Ctx, etag_of
from shared.web.edge import EdgeRouter
from shared.web.paging import Page, Paging, page_of
from shared.web.types import Uscc

router = EdgeRouter(tags=["assignments"])


@router.post("/v1/assignments", status_code=201)
@allow(*WRITERS)
async def assign(ctx: Ctx, body: AssignmentCreate, response: Response) -> AssignmentRead:
    """派驻服务人员,一对一 / assign a specialist, one to one."""
    assignment = await assign_specialist(
        ctx.session, uscc=body.uscc, specialist_id=body.specialist_id, from_on=body.from_on, today=ctx.today
    )
    response.headers["location"] = f"/v1/assignments/{assignment.id}"
    response.headers["etag"] = etag_of(assignment.version)
    return AssignmentRead.model_validate(assignment)


@router.get("/v1/assignments", response_model=Page[AssignmentRead])
@allow(*READERS)
async def list_page(
    ctx: Ctx,
    page: Paging,
    uscc: Annotated[Uscc | None, Query()] = None,
    specialist_id: Annotated[UUID | None, Query()] = None,
    state: Annotated[AssignmentState | None, Query()] = None,
) -> Page[dict[str, Any]]:
    """派驻名单;服务人员只看到自己的 / list assignments; a specialist sees his own."""
    wanted = AssignmentFilter(uscc, specialist_id, state)
    rows = await list_assignments(ctx.session, wanted, by=ctx.principal, after=id_after(page), limit=page.limit)
    return page_of(rows, page.limit, id_key)


@router.get("/v1/assignments/{assignment_id}")
@allow(*READERS)
async def show(ctx: Ctx, assignment_id: UUID, response: Response) -> AssignmentRead:
    """一次派驻 / one assignment."""
    assignment = await get_assignment(ctx.session, assignment_id, by=ctx.principal)
    response.headers["etag"] = etag_of(assignment.version)
    return AssignmentRead.model_validate(assignment)


@router.post("/v1/assignments/{assignment_id}/visits", status_code=201)
@allow(*WRITERS, Role.SPECIALIST)
async def visit(ctx: Ctx, assignment_id: UUID, body: VisitCreate) -> VisitRead:
    """登记走访 / log a visit."""
    entry = VisitEntry(**body.model_dump())
    return VisitRead.model_validate(
        await log_visit(ctx.session, assignment_id, entry, today=ctx.today, by=ctx.principal)
    )


@router.get("/v1/assignments/{assignment_id}/visits", response_model=Page[VisitRead])
@allow(*READERS)
async def list_log(ctx: Ctx, page: Paging, assignment_id: UUID) -> Page[dict[str, Any]]:
    """走访记录 / the service log of an assignment."""
    rows = await list_visits(ctx.session, assignment_id, by=ctx.principal, after=id_after(page), limit=page.limit)
    return page_of(rows, page.limit, id_key)


@router.post("/v1/assignments/{assignment_id}/handover", status_code=201, responses={200: {"model": AssignmentRead}})
@allow(*WRITERS, if_match=IfMatch.HEEDED)
async def hand(ctx: Ctx, assignment_id: UUID, body: AssignmentHandover, response: Response) -> AssignmentRead:
    """交接:结束本次派驻并开始接手人的;答复是新的派驻(无人接手时是已结束的,状态码 200)/ hand over."""
    ended, begun = await hand_over(
        ctx.session,
        assignment_id,
        successor=body.specialist_id,
        reason=body.reason,
        today=ctx.today,
        check_version=ctx.check_match,
    )
    answer = begun or ended
    response.status_code = 201 if begun else 200
    response.headers["location"] = f"/v1/assignments/{answer.id}"
    response.headers["etag"] = etag_of(answer.version)
    return AssignmentRead.model_validate(answer)
