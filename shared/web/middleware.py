"""Around every request: a correlation id in and out, one log line, one measurement."""

from __future__ import annotations

import time
from uuid import UUID, uuid4

import structlog
from prometheus_client import Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.telemetry.context import correlated

_REQUEST_SECONDS = Histogram(
    "tidu_http_request_seconds",
    "HTTP requests by route, method and status",
    ("route", "method", "status"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)
_HEADER = b"x-request-id"
_log = structlog.get_logger("http")


class RequestScope:
    """Pure ASGI middleware: takes X-Request-ID or the trace id of traceparent, or makes an id, and answers with it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: D102 - the ASGI interface
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        correlation = _incoming_id(scope) or uuid4()
        started, status = time.perf_counter(), 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message["headers"],
                    (_HEADER, str(correlation).encode()),
                    (b"x-content-type-options", b"nosniff"),
                ]
            await send(message)

        with correlated(correlation):
            try:
                await self._app(scope, receive, send_with_id)
            finally:
                _measure(scope, status, time.perf_counter() - started)


def _measure(scope: Scope, status: int, seconds: float) -> None:
    route = getattr(scope.get("route"), "path", "unmatched")
    _REQUEST_SECONDS.labels(route, scope["method"], str(status)).observe(seconds)
    if status >= 500 or not route.startswith(("/health", "/metrics")):
        _log.info("request", method=scope["method"], route=route, status=status, ms=round(seconds * 1000, 1))


def _incoming_id(scope: Scope) -> UUID | None:
    headers = dict(scope["headers"])
    traceparent = headers.get(b"traceparent", b"").split(b"-")
    for text in (headers.get(_HEADER), traceparent[1] if len(traceparent) == 4 else None):
        try:
            return UUID(text.decode("ascii")) if text else None
        except (ValueError, UnicodeDecodeError):
            continue
    return None
