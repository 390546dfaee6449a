"""One way to build a service's application, and to run it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager

import uvicorn
from fastapi import APIRouter, FastAPI, Response
from fastapi.telemetry import TelemetryConfig
from fastapi_offline import FastAPIOffline
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shared.web.edge import Edge
from shared.web.middleware import RequestScope
from shared.web.openapi import complete_openapi
from shared.web.problems import answer_unexpected, install_problem_handlers

Probe = Callable[[], Awaitable[dict[str, str]]]
# Correlation, log line and measurement are RequestScope's; FastAPI would ask OpenTelemetry at every request besides.
_NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}


def create_app(
    *, title: str, edge: Edge, routers: Iterable[APIRouter], ready: Probe, refresh_metrics: Probe | None = None
) -> FastAPI:
    """Build a service's application: its routers, health, metrics, offline documentation and problem answers.

    `ready` raises where the service cannot work, and returns what is worth showing; `refresh_metrics` is awaited
    before metrics are written.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        if edge.database is not None:
            await edge.database.dispose()

    app = FastAPIOffline(title=title, version="1", redoc_url=None, lifespan=lifespan, telemetry=_NO_TELEMETRY)
    app.state.edge = edge
    app.add_middleware(RequestScope, on_unexpected=answer_unexpected)
    install_problem_handlers(app)
    # As routes of the application itself: an included router is asked twice at every request, and asks its routes.
    for router in (_operations_router(ready, refresh_metrics), *routers):
        app.router.routes.extend(router.routes)
    complete_openapi(app)
    return app


def _operations_router(ready: Probe, refresh_metrics: Probe | None) -> APIRouter:
    router = APIRouter(tags=["operations"])

    @router.get("/health/live")
    async def live() -> dict[str, str]:
        """进程是否存活 / is the process alive."""
        return {"status": "live"}

    @router.get("/health/ready")
    async def is_ready() -> dict[str, str]:
        """是否可以提供服务 / can the service do its work."""
        return {"status": "ready", **await ready()}

    @router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
    async def metrics() -> Response:
        """Prometheus 指标 / metrics."""
        if refresh_metrics is not None:
            await refresh_metrics()
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


def serve(app: FastAPI, *, host: str, port: int) -> None:
    """Run the application until SIGTERM or SIGINT; unfinished requests get five seconds."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=4,
        server_header=False,
        loop="uvloop",
        http="httptools",
        backlog=512,
    )
    uvicorn.Server(config).run()
