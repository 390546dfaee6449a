"""The edge of every request: authenticate, open one transaction, answer repeated keys, run, commit, then answer."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, get_args, get_origin

from fastapi import APIRouter, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth.verifier import TokenVerifier
from shared.db.access import list_served_usccs
from shared.db.engine import Database
from shared.db.idempotency import KeptAnswer, claim_key, keep_answer
from shared.db.scope import SET_SCOPE, scope_settings
from shared.kernel.clock import Clock
from shared.kernel.errors import Conflict, DomainError, FieldError, Forbidden, Invalid, Unauthenticated
from shared.kernel.roles import Principal, Role, Scope
from shared.web.access import Access, access_of
from shared.web.bodies import MULTIPART, comparable_body, read_body
from shared.web.context import RequestContext

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_KEPT_HEADERS = ("location", "etag")
KEY_PATTERN = "^[!-~]{1,200}$"
_KEY = re.compile(KEY_PATTERN)
_NOBODY = Principal("anonymous", "anonymous", "未登录", frozenset(), Scope())


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
        self.query_names = _names(self.dependant, "query_params")
        self.form_names = _names(self.dependant, "body_params")
        self.body_media_type: str | None = getattr(self.body_field and self.body_field.field_info, "media_type", None)

    def get_route_handler(self) -> Handler:
        """Wrap FastAPI's handler with the edge."""
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            edge: Edge = request.app.state.edge
            principal = await _authenticate(request, self.access, edge.verifier)
            _check_names(request.query_params.multi_items(), self.query_names)
            if request.method not in _SAFE_METHODS:
                await read_body(request, self.access.max_body_bytes, self.body_media_type)
            if self.body_media_type == MULTIPART:
                _check_names((await request.form()).multi_items(), self.form_names)
            return await _run(request, inner, edge, principal)

        return handle


def _names(dependant: Dependant, kind: str) -> dict[str, bool]:
    """Return the names of the query parameters or form fields, and whether each takes several values."""
    names = {}
    for field in getattr(dependant, kind):
        annotation = field.field_info.annotation
        names[field.alias] = any(get_origin(part) is list for part in (annotation, *get_args(annotation)))
    for below in dependant.dependencies:
        names |= _names(below, kind)
    return names


def _check_names(given: Iterable[tuple[str, object]], known: Mapping[str, bool]) -> None:
    """Refuse what the route does not know, and what it would read one of two values of."""
    errors = []
    for name, count in Counter(name for name, _ in given).items():
        if name not in known:
            errors.append(FieldError(name, "unknown_parameter", f"没有名为“{name}”的参数"))
        elif count > 1 and not known[name]:
            errors.append(FieldError(name, "repeated_parameter", f"参数“{name}”只能出现一次"))
    if errors:
        raise Invalid("参数有误", errors=tuple(errors))


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


async def _run(request: Request, inner: Handler, edge: Edge, principal: Principal) -> Response:
    if edge.database is None:
        request.state.context = RequestContext(None, principal, edge.clock)  # type: ignore[arg-type]
        return await inner(request)
    async with edge.database.transaction(principal, writes=request.method not in _SAFE_METHODS) as session:
        if Role.SPECIALIST in principal.roles and not principal.scope.everything:
            principal = await _widen_to_served(session, principal)
        request.state.context = RequestContext(session, principal, edge.clock, request.headers.get("if-match"))
        key = request.headers.get("idempotency-key")
        if key is not None and request.method == "POST":
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
    if not _KEY.fullmatch(key):
        raise Invalid("Idempotency-Key 应为1至200个可见的 ASCII 字符,不含空格")
    asked = f"{request.method} {request.url.path}?{request.url.query} {request.headers.get('if-match')}\n"
    digest = hashlib.sha256(asked.encode() + await comparable_body(request)).digest()
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


def _repeat_answer(earlier: KeptAnswer, digest: bytes) -> Response:
    if earlier.request_hash != digest:
        raise KeyReused("同一个 Idempotency-Key 只能重发完全相同的请求")
    if earlier.status == 0:
        raise Conflict("同一请求正在处理")
    headers = {**earlier.headers, "idempotent-replayed": "true"}
    return Response(earlier.body, earlier.status, headers, earlier.media_type or None)
