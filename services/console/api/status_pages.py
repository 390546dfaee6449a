"""How the system is, for whoever is signed in."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from services.console.api.parts import PageParts, Pages, parts_of
from services.console.api.rendering import render
from services.console.api.visitors import SignedIn, keep_session
from services.console.usecases.list_demo_users import list_demo_users
from services.console.usecases.list_services import list_services
from shared.web.access import public
from shared.web.context import Ctx
from shared.web.edge import EdgeRouter

router = EdgeRouter(include_in_schema=False)


@router.get("/status")
@public
async def show_status(request: Request, ctx: Ctx, pages: Pages, visitor: SignedIn) -> HTMLResponse:
    """系统状态 / the status page."""
    issuer = parts_of(request).issuer
    response = render(
        "status.html",
        pages,
        visitor=visitor,
        mail_address=pages.mail_address,
        groups=list_demo_users(issuer) if issuer else [],
        today=ctx.today,
        **await _services(ctx, pages),
    )
    keep_session(response, pages, visitor.session)
    return response


@router.get("/status/services")
@public
async def show_services(ctx: Ctx, pages: Pages, visitor: SignedIn) -> HTMLResponse:
    """服务状态表 / the table alone, fetched again every few seconds; watching does not keep a session alive."""
    return render("_services.html", pages, **await _services(ctx, pages))


async def _services(ctx: Ctx, pages: PageParts) -> dict[str, Any]:
    services = await list_services(pages.addresses, pages.public_addresses)
    return {"services": services, "asked_at": ctx.clock.now()}
