"""To the identity provider and back (authorization code with PKCE)."""

from __future__ import annotations

import time
from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import RedirectResponse

from services.console.api.parts import Pages, Provider
from services.console.api.visitors import attempt_of, keep_session, remember_attempt
from services.console.usecases.sign_in_at_provider import begin_at_provider, finish_at_provider
from shared.kernel.errors import Unauthenticated
from shared.web.access import public
from shared.web.edge import Edge, EdgeRouter

router = EdgeRouter(include_in_schema=False)
_SEE_OTHER = 303
_ANSWER = Query(max_length=4000)


@router.get("/sign-in/provider")
@public
async def go_to_provider(pages: Pages, provider: Provider) -> RedirectResponse:
    """去统一身份认证 / lead the browser to the provider's page."""
    attempt, address = await begin_at_provider(provider)
    response = RedirectResponse(address, _SEE_OTHER)
    remember_attempt(response, pages, attempt)
    return response


@router.get("/sign-in/callback")
@public
async def come_back(
    request: Request,
    pages: Pages,
    provider: Provider,
    code: Annotated[str, _ANSWER] = "",
    state: Annotated[str, _ANSWER] = "",
    iss: Annotated[str, _ANSWER] = "",
    session_state: Annotated[str, _ANSWER] = "",
    error: Annotated[str, _ANSWER] = "",
    error_description: Annotated[str, _ANSWER] = "",
) -> RedirectResponse:
    """从统一身份认证回来 / take the provider's answer; an answer of another issuer is refused (RFC 9207)."""
    edge: Edge = request.app.state.edge
    if error or (iss and iss != provider.issuer):
        raise Unauthenticated("统一身份认证没有完成这次登录")
    attempt, now = attempt_of(request, pages), int(time.time())
    session = await finish_at_provider(provider, edge.verifier, attempt, code=code, state=state, now=now)
    response = RedirectResponse("/status", _SEE_OTHER)
    remember_attempt(response, pages, None)
    keep_session(response, pages, session)
    return response
