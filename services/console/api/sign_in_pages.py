"""The pages to come in and to leave."""

from __future__ import annotations

import time
from typing import Annotated

from fastapi import Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from services.console.api.parts import PageParts, Pages, address_of, parts_of
from services.console.api.rendering import render
from services.console.api.visitors import (
    SignedIn,
    SignInNeeded,
    end_session,
    find_visitor,
    keep_session,
    require_own_origin,
)
from services.console.domain.errors import ForeignRequest, TooManyAttempts, WrongCredentials
from services.console.usecases.issuer import Issuer
from services.console.usecases.list_demo_users import list_demo_users
from services.console.usecases.open_session import open_session
from shared.web.access import public
from shared.web.edge import EdgeRouter

router = EdgeRouter(include_in_schema=False)
_SEE_OTHER = 303


@router.get("/")
@public
async def start(request: Request) -> RedirectResponse:
    """首页 / the first page: status for whoever is signed in, otherwise the door."""
    visitor = await find_visitor(request)
    return RedirectResponse("/status" if visitor else "/sign-in", _SEE_OTHER)


@router.get("/sign-in")
@public
async def show_sign_in(request: Request, pages: Pages, ended: Annotated[bool, Query()] = False) -> HTMLResponse:
    """登录页 / the sign-in page."""
    notice = "登录已结束，请重新登录。" if ended else ""
    return _door(parts_of(request).issuer, pages, notice=notice)


@router.post("/sign-in")
@public
async def sign_in(
    request: Request,
    pages: Pages,
    username: Annotated[str, Form(max_length=100)] = "",
    password: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """登录 / sign in; the answer leads to the status page."""
    require_own_origin(request)
    issuer = parts_of(request).issuer
    if issuer is None:
        return _door(None, pages, status=404)
    address, now = address_of(request), int(time.time())
    try:
        session = await open_session(issuer, username=username.strip(), password=password, address=address, now=now)
    except (WrongCredentials, TooManyAttempts) as error:
        problem = f"{error.title}。{error.detail}"
        return _door(issuer, pages, problem=problem, username=username, status=error.status)
    response = RedirectResponse("/status", _SEE_OTHER)
    keep_session(response, pages, session)
    return response


@router.post("/sign-out")
@public
async def sign_out(
    request: Request, pages: Pages, visitor: SignedIn, form_token: Annotated[str, Form(max_length=100)] = ""
) -> RedirectResponse:
    """退出 / sign out."""
    require_own_origin(request)
    if not visitor.session.accepts_form(form_token):
        raise ForeignRequest("页面已过期，请刷新后重试")
    response = RedirectResponse("/sign-in", _SEE_OTHER)
    end_session(response, pages)
    return response


def _door(
    issuer: Issuer | None,
    pages: PageParts,
    *,
    notice: str = "",
    problem: str = "",
    username: str = "",
    status: int = 200,
) -> HTMLResponse:
    groups = list_demo_users(issuer) if issuer else []
    shown = {"notice": notice, "problem": problem, "username": username}
    ways = {"has_issuer": issuer is not None, "has_provider": pages.provider is not None}
    return render("sign_in.html", pages, status=status, groups=groups, **ways, **shown)


async def lead_to_sign_in(request: Request, error: Exception) -> Response:
    """Answer SignInNeeded: lead a browser to the door, also when htmx asked for a part of a page."""
    assert isinstance(error, SignInNeeded)  # noqa: S101 - registered for this class only
    door = "/sign-in?ended=true" if error.had_session else "/sign-in"
    if "hx-request" in request.headers:
        return Response(status_code=401, headers={"HX-Redirect": door})
    return RedirectResponse(door, _SEE_OTHER)
