"""The API of the pipeline service, wired by hand."""

from __future__ import annotations

from fastapi import FastAPI

from services.pipeline.api import ROUTERS
from services.pipeline.domain.desk import CultivationDesk, open_desk
from services.pipeline.settings import Settings
from shared.telemetry.logs import configure_logs
from shared.web import internal
from shared.web.app import create_app, serve
from shared.web.edge import Edge
from shared.web.health import Health
from shared.web.wiring import make_edge


def build_app(edge: Edge, desk: CultivationDesk) -> FastAPI:
    """Build the application around an edge and the loaded pools."""
    if edge.database is None:
        raise ValueError("the pipeline service needs a database")
    health = Health("pipeline", edge.database)
    app = create_app(
        title="Tidu 培育 / pipeline",
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
    configure_logs("pipeline", settings.log_level)
    edge = make_edge(settings, "pipeline")
    serve(build_app(edge, open_desk(settings.jurisdictions_dir, edge.clock)), host=settings.host, port=settings.port)


if __name__ == "__main__":
    run()
