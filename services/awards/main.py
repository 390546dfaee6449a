"""The API of the awards service, wired by hand."""

from __future__ import annotations

from fastapi import FastAPI

from services.awards.api import awards, policies
from services.awards.domain.desk import GrantDesk, open_desk
from services.awards.settings import Settings
from shared.telemetry.logs import configure_logs
from shared.web import internal
from shared.web.app import create_app, serve
from shared.web.edge import Edge
from shared.web.health import Health
from shared.web.wiring import make_edge


def build_app(edge: Edge, desk: GrantDesk) -> FastAPI:
    """Build the application around an edge and the loaded packs."""
    if edge.database is None:
        raise ValueError("the awards service needs a database")
    health = Health("awards", edge.database)
    app = create_app(
        title="Tidu 奖补 / awards",
        edge=edge,
        routers=[awards.router, policies.router, internal.router],
        ready=health.ready,
        refresh_metrics=health.refresh_metrics,
    )
    app.state.desk = desk
    return app


def run() -> None:
    """Serve until SIGTERM or SIGINT."""
    settings = Settings()
    configure_logs("awards", settings.log_level)
    edge = make_edge(settings, "awards")
    serve(build_app(edge, open_desk(settings.jurisdictions_dir, edge.clock)), host=settings.host, port=settings.port)


if __name__ == "__main__":
    run()
