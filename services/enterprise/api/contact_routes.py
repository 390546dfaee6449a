"""Contacts: replaced as a whole, sealed at rest, masked for those who need not know."""

from __future__ import annotations

from dataclasses import asdict
from uuid import uuid4

from fastapi import Response

from services.enterprise.api.deps import WRITERS, PartsDep, RegisterDep, UsccPath
from services.enterprise.api.schemas import ContactRead, ContactsWrite
from services.enterprise.domain.contacts import Contact
from services.enterprise.usecases.changing import open_enterprise
from services.enterprise.usecases.get_enterprise import get_version
from services.enterprise.usecases.list_contacts import list_contacts
from services.enterprise.usecases.replace_contacts import replace_contacts
from shared.kernel.roles import READERS
from shared.web.access import IfMatch, allow
from shared.web.context import Ctx, RequestContext, etag_of
from shared.web.edge import EdgeRouter
from shared.web.paging import Page

router = EdgeRouter(prefix="/v1/enterprises/{uscc}/contacts", tags=["contacts"])


async def _page(ctx: RequestContext, parts: PartsDep, uscc: str) -> Page[ContactRead]:
    contacts = await list_contacts(ctx.session, parts.sealer, ctx.principal, uscc)
    return Page(items=[ContactRead(**asdict(contact)) for contact in contacts], next_cursor=None)


@router.put("")
@allow(*WRITERS, if_match=IfMatch.REQUIRED)
async def replace(
    ctx: Ctx, parts: PartsDep, register: RegisterDep, response: Response, uscc: UsccPath, body: ContactsWrite
) -> Page[ContactRead]:
    """更新全部联系人(需 If-Match)/ replace all contacts."""
    before = await open_enterprise(ctx.session, uscc)
    ctx.require_match(before.version)
    contacts = [Contact(id=uuid4(), **contact.model_dump()) for contact in body.contacts]
    after = await replace_contacts(ctx.session, register, parts.sealer, before, contacts)
    response.headers["ETag"] = etag_of(after.version)
    return await _page(ctx, parts, uscc)


@router.get("")
@allow(*READERS)
async def list_all(ctx: Ctx, parts: PartsDep, response: Response, uscc: UsccPath) -> Page[ContactRead]:
    """企业联系人;无需知悉者只见掩码 / contacts, masked for those who need not know."""
    response.headers["ETag"] = etag_of(await get_version(ctx.session, uscc))
    return await _page(ctx, parts, uscc)
