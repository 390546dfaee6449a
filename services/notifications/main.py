"""The API of the notifications service, wired by hand."""

from __future__ import annotations

from fastapi import FastAPI

from services.notifications.api import ROUTERS
from services.notifications.domain.desk import NoticeDesk, open_desk
from services.notifications.settings import Settings
from shared.telemetry.logs import configure_logs
from shared.web import internal
from shared.web.app import create_app, serve
from shared.web.edge import Edge
from shared.web.health import Health
from shared.web.wiring import make_edge


def build_app(edge: Edge, desk: NoticeDesk) -> FastAPI:
    """Build the application around an edge and the desk."""
    if edge.database is None:
        raise ValueError("the notifications service needs a database")
    health = Health("notifications", edge.database)
    app = create_app(
        title="Tidu 通知 / notifications",
        edge=edge,
        routers=[*ROUTERS, internal.router],
        ready=health.ready,
        refresh_metrics=health.refresh_metrics,
    )
    app.state.desk = desk
    return app


def run() -> None:
    """Serve until SIGTERM or SIGINT."""
    settings = Settings()
    configure_logs("notifications", settings.log_level)
    desk = open_desk(
        settings.jurisdictions_dir,
        clock=settings.clock(),
        field_key=settings.field_key.get_secret_value(),
        allows_future_runs=settings.allows_future_runs,
    )
    serve(build_app(make_edge(settings, "notifications"), desk), host=settings.host, port=settings.port)


if __name__ == "__main__":
    run()
