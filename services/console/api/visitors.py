"""Who looks at a page: the session cookie, the token in it, and the guards against forms from elsewhere."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response

from services.console.api.parts import PageParts, parts_of
from services.console.domain.errors import ForeignRequest
from services.console.domain.provider_sign_in import SignInAttempt
from services.console.domain.sessions import Session
from shared.kernel.errors import Unauthenticated
from shared.kernel.roles import Principal
from shared.web.edge import Edge

_SESSION = "tidu-session"
_ATTEMPT = "tidu-sign-in"


class SignInNeeded(Exception):
    """The page is for signed-in people; `had_session` tells that one ended."""

    def __init__(self, *, had_session: bool) -> None:
        super().__init__("sign in first")
        self.had_session = had_session


@dataclass(frozen=True)
class Visitor:
    """A signed-in person and the session that carries them."""

    principal: Principal
    session: Session


async def find_visitor(request: Request) -> Visitor | None:
    """Return who is signed in, None where nobody is, or the session or its token ended."""
    pages = parts_of(request).pages
    cookie = request.cookies.get(cookie_name(pages))
    session = pages.sealer.unseal(cookie, int(time.time())) if cookie else None
    if session is None:
        return None
    edge: Edge = request.app.state.edge
    try:
        return Visitor(await edge.verifier.verify(session.token), session)
    except Unauthenticated:
        return None


async def _get_visitor(request: Request) -> Visitor:
    visitor = await find_visitor(request)
    if visitor is None:
        raise SignInNeeded(had_session=cookie_name(parts_of(request).pages) in request.cookies)
    return visitor


SignedIn = Annotated[Visitor, Depends(_get_visitor)]


def cookie_name(pages: PageParts, name: str = _SESSION) -> str:
    """Return a cookie's name; over TLS the prefix binds it to this host, without it browsers would drop it."""
    return f"__Host-{name}" if pages.secure_cookies else name


def keep_session(response: Response, pages: PageParts, session: Session) -> None:
    """Send the session, used now."""
    _set_cookie(response, pages, _SESSION, pages.sealer.seal(session.seen(int(time.time()))))


def end_session(response: Response, pages: PageParts) -> None:
    """Take the session's cookie back."""
    _set_cookie(response, pages, _SESSION, None)


def remember_attempt(response: Response, pages: PageParts, attempt: SignInAttempt | None) -> None:
    """Send a sign-in under way, or take it back when it is over."""
    value = pages.sealer.seal_attempt(attempt, int(time.time())) if attempt else None
    _set_cookie(response, pages, _ATTEMPT, value)


def attempt_of(request: Request, pages: PageParts) -> SignInAttempt | None:
    """Return the sign-in under way in this browser."""
    cookie = request.cookies.get(cookie_name(pages, _ATTEMPT))
    return pages.sealer.unseal_attempt(cookie, int(time.time())) if cookie else None


def _set_cookie(response: Response, pages: PageParts, name: str, value: str | None) -> None:
    """Send a cookie that scripts cannot read and other sites cannot send; None takes it back."""
    response.set_cookie(
        cookie_name(pages, name),
        value or "",
        max_age=None if value else 0,
        path="/",
        secure=pages.secure_cookies,
        httponly=True,
        samesite="lax",
    )


def require_own_origin(request: Request) -> None:
    """Refuse a form that another site sent: browsers name the sender in Origin on every POST."""
    sender = urlsplit(request.headers.get("origin", ""))
    if sender.scheme not in ("http", "https") or sender.netloc != request.headers.get("host"):
        raise ForeignRequest("请从本系统的页面提交")
