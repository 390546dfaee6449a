"""The edge of every request: authenticate, open one transaction, answer repeated keys, run, commit, then answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth.verifier import TokenVerifier
from shared.db.access import list_served_usccs
from shared.db.engine import SET_SCOPE, Database, scope_settings
from shared.db.idempotency import claim_key, keep_answer
from shared.kernel.clock import Clock
from shared.kernel.errors import Conflict, DomainError, FieldError, Forbidden, Invalid, Unauthenticated
from shared.kernel.roles import Principal, Role, Scope
from shared.web.access import Access, access_of
from shared.web.context import RequestContext

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_KEPT_HEADERS = ("location", "etag")
_NOBODY = Principal("anonymous", "anonymous", "未登录", frozenset(), Scope())


class BodyTooLarge(DomainError):
    """The request's body exceeds what the route takes."""

    code = "body_too_large"
    status = 413
    title = "提交的内容过大"


class KeyReused(DomainError):
    """The Idempotency-Key was used before with another request."""

    code = "idempotency_key_reused"
    status = 422
    title = "Idempotency-Key 已用于另一个请求"


@dataclass(frozen=True)
class Edge:
    """What the edge needs, wired by hand in each service's main. `database` is None for a service without one."""

    database: Database | None
    verifier: TokenVerifier
    clock: Clock


class EdgeRoute(APIRoute):
    """A route whose endpoint runs inside one transaction that is committed before the answer leaves."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **kwargs: Any) -> None:
        self.access = access_of(endpoint)
        extra = dict(kwargs.pop("openapi_extra", None) or {})
        extra["x-roles"] = sorted(self.access.roles)
        if not self.access.is_public:
            extra["security"] = [{"bearer": []}]
        super().__init__(path, endpoint, openapi_extra=extra, **kwargs)
        self.query_names = frozenset(_query_names(self.dependant))

    def get_route_handler(self) -> Handler:
        """Wrap FastAPI's handler with the edge."""
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            edge: Edge = request.app.state.edge
            principal = await _authenticate(request, self.access, edge.verifier)
            self._refuse_unknown_parameters(request)
            if request.method not in _SAFE_METHODS:
                await _read_body(request, self.access.max_body_bytes)
            return await _run(request, inner, edge, principal)

        return handle

    def _refuse_unknown_parameters(self, request: Request) -> None:
        unknown = sorted(set(request.query_params) - self.query_names)
        if unknown:
            errors = tuple(FieldError(name, "unknown_parameter", f"没有名为“{name}”的查询参数") for name in unknown)
            raise Invalid("查询参数有误", errors=errors)


def _query_names(dependant: Dependant) -> Iterator[str]:
    for field in dependant.query_params:
        yield field.alias
    for below in dependant.dependencies:
        yield from _query_names(below)


class EdgeRouter(APIRouter):
    """A router of edge routes."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(route_class=EdgeRoute, **kwargs)


async def _authenticate(request: Request, access: Access, verifier: TokenVerifier) -> Principal:
    header = request.headers.get("authorization", "")
    scheme, _, token = header.partition(" ")
    if not header and access.is_public:
        return _NOBODY
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated()
    principal = await verifier.verify(token.strip())
    if not access.is_public and principal.roles.isdisjoint(access.roles):
        raise Forbidden()
    return principal


async def _read_body(request: Request, limit: int) -> None:
    """Read the body up to `limit` bytes; what is larger is refused without being kept."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise BodyTooLarge(f"最多 {limit // 1024} KiB")
    request._body = bytes(body)


async def _run(request: Request, inner: Handler, edge: Edge, principal: Principal) -> Response:
    if edge.database is None:
        request.state.context = RequestContext(None, principal, edge.clock)  # type: ignore[arg-type]
        return await inner(request)
    async with edge.database.transaction(principal, writes=request.method not in _SAFE_METHODS) as session:
        if Role.SPECIALIST in principal.roles and not principal.scope.everything:
            principal = await _widen_to_served(session, principal)
        request.state.context = RequestContext(session, principal, edge.clock, request.headers.get("if-match"))
        key = request.headers.get("idempotency-key")
        if key and request.method == "POST":
            return await _run_once(request, inner, session, principal, key)
        return await inner(request)


async def _widen_to_served(session: AsyncSession, principal: Principal) -> Principal:
    """Add the enterprises a specialist serves today to the scope of this transaction."""
    served = await list_served_usccs(session, principal.subject)
    widened = replace(principal, scope=replace(principal.scope, usccs=(*principal.scope.usccs, *served)))
    session.info["principal"] = widened
    await session.execute(SET_SCOPE, scope_settings(widened, writes=bool(session.info["writes"])))
    return widened


async def _run_once(
    request: Request, inner: Handler, session: AsyncSession, principal: Principal, key: str
) -> Response:
    if len(key) > 200 or not key.isprintable():
        raise Invalid("Idempotency-Key 最长200个可见字符")
    digest = hashlib.sha256(f"{request.method} {request.url.path}\n".encode() + await request.body()).digest()
    earlier = await claim_key(session, principal.subject, key, digest)
    if earlier is not None:
        return _repeat_answer(earlier, digest)
    response = await inner(request)
    await keep_answer(
        session,
        principal.subject,
        key,
        status=response.status_code,
        media_type=response.headers.get("content-type", ""),
        headers={name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers},
        body=bytes(response.body),
    )
    return response


def _repeat_answer(earlier: sa.Row[Any], digest: bytes) -> Response:
    if earlier.request_hash != digest:
        raise KeyReused("同一个 Idempotency-Key 只能重发完全相同的请求")
    if earlier.status == 0:
        raise Conflict("同一请求正在处理")
    headers = {**earlier.headers, "idempotent-replayed": "true"}
    return Response(earlier.body, earlier.status, headers, earlier.media_type or None)
