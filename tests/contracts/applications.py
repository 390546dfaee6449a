"""The four services' applications over fresh databases, for tests that look at all of them alike."""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date

from fastapi import FastAPI

from shared.db.engine import Database
from shared.kernel.clock import FixedClock
from shared.testing.tokens import TestIssuer
from shared.web.edge import Edge, EdgeRoute
from shared.web.routes import walk_routes
from tests.databases import ServiceDatabase

SERVICES = ("enterprise", "pipeline", "awards", "notifications")
TODAY = date(2026, 11, 21)


@asynccontextmanager
async def application(service: str, database: ServiceDatabase, issuer: TestIssuer) -> AsyncIterator[FastAPI]:
    """Give a service's application, wired to a test database."""
    reached = Database(database.app_url)
    edge = Edge(database=reached, verifier=issuer.verifier(), clock=FixedClock(TODAY))
    try:
        yield build(service, edge)
    finally:
        await reached.dispose()


def build(service: str, edge: Edge) -> FastAPI:
    """Build a service's application by its own main."""
    module = importlib.import_module(f"tests.{service}.application")
    app: FastAPI = module.build(edge)
    return app


def edge_routes(app: FastAPI) -> list[EdgeRoute]:
    """Return the routes that declare an access."""
    return [route for route in walk_routes(app) if isinstance(route, EdgeRoute)]
