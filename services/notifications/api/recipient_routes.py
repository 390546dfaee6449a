"""Recipients: who gets the copies of an enterprise's notices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import Query, Response

from services.notifications.api.deps import Desk, after_text
from services.notifications.api.schemas import RecipientCreate, RecipientRead
from services.notifications.domain.recipients import mask
from services.notifications.usecases.list_recipients import list_recipients as list_all
from services.notifications.usecases.list_recipients import open_recipient
from services.notifications.usecases.name_recipient import name_recipient as name_one
from shared.kernel.roles import READERS, Role
from shared.web.access import allow
from shared.web.context import Ctx
from shared.web.edge import EdgeRouter
from shared.web.paging import Page, Paging, page_of
from shared.web.types import RegionCode, Uscc

router = EdgeRouter(prefix="/v1/recipients", tags=["recipients"])
_MAY_SEE = frozenset({Role.ADMINISTRATOR, Role.CASEWORKER, Role.SPECIALIST, Role.ENTERPRISE_CONTACT})


@router.get("")
@allow(*READERS)
async def list_recipients(
    ctx: Ctx,
    desk: Desk,
    paging: Paging,
    uscc: Annotated[Uscc | None, Query(description="统一社会信用代码")] = None,
    region_code: Annotated[RegionCode | None, Query(description="行政区划,市州含所辖各县")] = None,
) -> Page[RecipientRead]:
    """接收人列表;无需知道的人只看到掩码 / recipients, masked for those who need not know."""
    found = await list_all(
        ctx.session, uscc=uscc, region_code=region_code, after=after_text(paging), limit=paging.limit + 1
    )
    sees = ctx.principal.has_any(_MAY_SEE)
    items = [_read(recipient, open_recipient(recipient, desk.sealer), sees=sees) for recipient in found]
    return page_of(items, paging.limit, lambda item: (item.uscc, str(item.id)))


@router.post("", status_code=201, responses={200: {"model": RecipientRead}})
@allow(Role.CASEWORKER, Role.ADMINISTRATOR, Role.ENTERPRISE_CONTACT)
async def name_recipient(ctx: Ctx, desk: Desk, response: Response, body: RecipientCreate) -> RecipientRead:
    """指定接收人;同一角色再次指定即更换 / name a recipient; naming the role again replaces the person."""
    given = body.model_dump(include={"name", "email", "phone"}, exclude_none=True)
    recipient, is_new = await name_one(ctx.session, desk.sealer, uscc=body.uscc, role=body.role, fields=given)
    response.status_code = 201 if is_new else 200
    return _read(recipient, given, sees=True)


def _read(recipient: object, fields: Mapping[str, str], *, sees: bool) -> RecipientRead:
    shown = {name: fields.get(name) for name in ("name", "email", "phone")}
    if not sees:
        shown = {name: mask(name, value) for name, value in shown.items()}
    values = {name: getattr(recipient, name) for name in RecipientRead.model_fields if name not in shown}
    return RecipientRead(**values, **shown)
