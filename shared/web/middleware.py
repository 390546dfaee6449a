"""Around every request: a correlation id in and out, one log line, one measurement."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import structlog
from prometheus_client import Histogram
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.telemetry.context import correlated

_REQUEST_SECONDS = Histogram(
    "tidu_http_request_seconds",
    "HTTP requests by route, method and status",
    ("route", "method", "status"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)
OnUnexpected = Callable[[Request, Exception], Awaitable[Response]]
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_HEADER = b"x-request-id"
_log = structlog.get_logger("http")


class RequestScope:
    """Pure ASGI middleware: takes X-Request-ID or the trace id of traceparent, or makes an id, and answers with it.

    HEAD is answered as GET would be, without the body (RFC 9110 9.3.2). What no handler knows becomes the answer of
    `on_unexpected` here, where the id is still at hand.
    """

    def __init__(self, app: ASGIApp, on_unexpected: OnUnexpected) -> None:
        self._app = app
        self._on_unexpected = on_unexpected

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: D102 - the ASGI interface
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_head = scope["method"] == "HEAD"
        inner = {**scope, "method": "GET"} if is_head else scope
        answer = _Answer(send, _incoming_id(scope) or uuid4(), without_body=is_head)
        started = time.perf_counter()
        with correlated(answer.correlation):
            try:
                await self._run(inner, receive, answer)
            finally:
                _measure(inner, scope["method"], answer.status, time.perf_counter() - started)

    async def _run(self, scope: Scope, receive: Receive, answer: _Answer) -> None:
        try:
            await self._app(scope, receive, answer.send)
        except Exception as error:
            if answer.has_begun:
                raise
            response = await self._on_unexpected(Request(scope), error)
            await response(scope, receive, answer.send)


class _Answer:
    """One answer on its way out: its status is noted, its headers completed, its body kept back for HEAD."""

    def __init__(self, send: Send, correlation: UUID, *, without_body: bool) -> None:
        self._send = send
        self._without_body = without_body
        self.correlation = correlation
        self.status = 500
        self.has_begun = False

    async def send(self, message: Message) -> None:
        """Pass a message on."""
        if message["type"] == "http.response.start":
            self.status, self.has_begun = message["status"], True
            own = [(_HEADER, str(self.correlation).encode()), (b"x-content-type-options", b"nosniff")]
            message["headers"] = [*message["headers"], *own]
        elif self._without_body:
            message = {**message, "body": b""}
        await self._send(message)


def _measure(scope: Scope, method: str, status: int, seconds: float) -> None:
    route = getattr(scope.get("route"), "path", "unmatched")
    method = method if method in _METHODS else "other"
    _REQUEST_SECONDS.labels(route, method, str(status)).observe(seconds)
    if status >= 500 or not route.startswith(("/health", "/metrics")):
        _log.info("request", method=method, route=route, status=status, ms=round(seconds * 1000, 1))


def _incoming_id(scope: Scope) -> UUID | None:
    headers = dict(scope["headers"])
    traceparent = headers.get(b"traceparent", b"").split(b"-")
    for text in (headers.get(_HEADER), traceparent[1] if len(traceparent) == 4 else None):
        try:
            return UUID(text.decode("ascii")) if text else None
        except (ValueError, UnicodeDecodeError):
            continue
    return None
