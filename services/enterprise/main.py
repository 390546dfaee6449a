"""The API of the enterprise service, wired by hand."""

from __future__ import annotations

from fastapi import FastAPI

from services.enterprise.api import ROUTERS
from services.enterprise.api.deps import Parts
from services.enterprise.domain.ladders import Ladders
from services.enterprise.settings import Settings
from shared.kernel.sealing import Sealer
from shared.rules.ladders import load_ladders
from shared.telemetry.logs import configure_logs
from shared.web import internal
from shared.web.app import create_app, serve
from shared.web.edge import Edge
from shared.web.health import Health
from shared.web.wiring import make_edge


def build_app(edge: Edge, parts: Parts) -> FastAPI:
    """Build the application around an edge, the ladders and the sealer."""
    if edge.database is None:
        raise ValueError("the enterprise service needs a database")
    health = Health("enterprise", edge.database)
    app = create_app(
        title="Tidu 企业 / enterprise",
        edge=edge,
        routers=[*ROUTERS, internal.router],
        ready=health.ready,
        refresh_metrics=health.refresh_metrics,
    )
    app.state.parts = parts
    return app


def run() -> None:
    """Serve until SIGTERM or SIGINT."""
    settings = Settings()
    configure_logs("enterprise", settings.log_level)
    parts = Parts(Ladders(load_ladders(settings.jurisdictions_dir)), Sealer(settings.field_key.get_secret_value()))
    serve(build_app(make_edge(settings, "enterprise"), parts), host=settings.host, port=settings.port)


if __name__ == "__main__":
    run()
