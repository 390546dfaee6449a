"""The pipeline service on a real database: its worker hears events and folds, its API answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from services.pipeline.hears import heard_at
from services.pipeline.usecases.fold_board import fold_board
from shared.db.engine import Database
from shared.events.base import Event
from shared.kernel.clock import FixedClock
from shared.kernel.roles import Role
from shared.testing.client import client_of
from shared.testing.tokens import TestIssuer
from shared.web.edge import Edge
from tests.databases import ServiceDatabase
from tests.pipeline.application import build, desk_at
from tests.pipeline.facts import TODAY, meta_of
from tests.pipeline.people import Person, person

CLOCK = FixedClock(TODAY)


@pytest.fixture(scope="module")
def service_database(make_database: Callable[[str], ServiceDatabase]) -> ServiceDatabase:
    return make_database("pipeline")


@pytest.fixture(scope="module")
async def worker(service_database: ServiceDatabase) -> AsyncIterator[Database]:
    database = Database(service_database.worker_url)
    yield database
    await database.dispose()


@pytest.fixture(scope="module")
async def api(service_database: ServiceDatabase) -> AsyncIterator[Database]:
    """The database as the API reaches it."""
    database = Database(service_database.app_url, pool_size=16)
    yield database
    await database.dispose()


@pytest.fixture(scope="module")
async def hear(worker: Database) -> Callable[..., Awaitable[None]]:
    """Hear events, each in a transaction of its own, as the consumer does."""
    hears = heard_at(lambda: desk_at(CLOCK))

    async def hear(*events: Event) -> None:
        for event in events:
            async with worker.transaction() as session:
                await hears[type(event)](session, event, meta_of(event))

    return hear


@pytest.fixture(scope="module")
async def fold(worker: Database) -> Callable[[], Awaitable[int]]:
    """Fold the board once."""

    async def fold() -> int:
        async with worker.transaction() as session:
            return await fold_board(session, today=TODAY)

    return fold


@pytest.fixture(scope="module")
async def query(worker: Database) -> Callable[..., Awaitable[list[dict[str, Any]]]]:
    """Ask the database as the worker."""

    async def query(statement: str, **parameters: Any) -> list[dict[str, Any]]:
        async with worker.transaction() as session:
            rows = await session.execute(sa.text(statement), parameters)
            return [dict(row) for row in rows.mappings()]

    return query


@pytest.fixture(scope="module")
async def client(api: Database, issuer: TestIssuer) -> AsyncIterator[httpx.AsyncClient]:
    edge = Edge(database=api, verifier=issuer.verifier(), clock=CLOCK)
    async with client_of(build(edge)) as client:
        yield client


@pytest.fixture
def caseworker(client: httpx.AsyncClient, issuer: TestIssuer) -> Person:
    return person(client, issuer, Role.CASEWORKER, regions=("530900",))
