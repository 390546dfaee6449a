"""Templates, the calendar feed, and the planners' runs."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response

from services.notifications.api.deps import Desk, after_id
from services.notifications.api.schemas import RunRead, RunRequest, TemplateRead
from services.notifications.domain.templates import PLACEHOLDERS, Template
from services.notifications.usecases import list_runs as listing
from services.notifications.usecases.run_planners import keep_run, refuse_future, run_planners
from services.notifications.usecases.show_calendar import show_calendar
from shared.kernel.roles import READERS, Role
from shared.web.access import allow
from shared.web.context import Ctx
from shared.web.edge import EdgeRouter
from shared.web.paging import Page, Paging, page_of
from shared.web.types import Uscc

router = EdgeRouter(prefix="/v1", tags=["planning"])


@router.get("/templates")
@allow(*READERS)
async def list_templates(ctx: Ctx, desk: Desk) -> Page[TemplateRead]:
    """现行通知模板 / the templates in force."""
    return Page(items=[_template(template) for template in desk.handbook.templates.templates], next_cursor=None)


def _template(template: Template) -> TemplateRead:
    return TemplateRead(
        **template.model_dump(),
        placeholders=list(template.placeholders),
        allowed_placeholders=sorted(PLACEHOLDERS[template.phase]),
    )


@router.get("/calendar.ics", response_class=Response, responses={200: {"content": {"text/calendar": {}}}})
@allow(*READERS)
async def get_calendar(ctx: Ctx, uscc: Annotated[Uscc, Query(description="统一社会信用代码")]) -> Response:
    """企业的事项日历 (iCalendar) / an enterprise's duties as a calendar."""
    return Response(await show_calendar(ctx.session, uscc), media_type="text/calendar; charset=utf-8")


@router.post("/runs")
@allow(Role.ADMINISTRATOR)
async def run(ctx: Ctx, desk: Desk, body: RunRequest | None = None) -> RunRead:
    """按业务日期运行:规则更新、逾期、到时的通知;同一天再次运行不会重发 / run the planners for a business date."""
    as_of = (body.as_of if body else None) or ctx.today
    refuse_future(as_of, ctx.today, allowed=desk.allows_future_runs)
    done = await run_planners(ctx.session, desk.handbook, as_of=as_of, requested_by=ctx.principal.subject)
    return RunRead.model_validate(await keep_run(ctx.session, done), from_attributes=True)


@router.get("/runs")
@allow(Role.ADMINISTRATOR, Role.AUDITOR)
async def list_runs(ctx: Ctx, paging: Paging) -> Page[RunRead]:
    """运行记录,新的在前 / runs, the newest first."""
    found = await listing.list_runs(ctx.session, before=after_id(paging), limit=paging.limit + 1)
    items = [RunRead.model_validate(item, from_attributes=True) for item in found]
    return page_of(items, paging.limit, lambda item: (str(item.id),))
