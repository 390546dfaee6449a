"""The notifications service on a real database: its worker hears events and runs planners, its API answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from services.notifications.db.tables import Run
from services.notifications.domain.handbook import Handbook
from services.notifications.hears import heard_at
from services.notifications.usecases.run_planners import run_planners
from shared.db.engine import Database
from shared.events.base import Event
from shared.kernel.clock import FixedClock
from shared.testing.client import client_of
from shared.testing.tokens import TestIssuer
from shared.web.edge import Edge
from tests.databases import ServiceDatabase
from tests.notifications.application import build, desk, handbook
from tests.notifications.facts import TODAY, meta_of


@dataclass
class Office:
    """The worker's side of the service, on any day and under any rules."""

    database: Database
    today: date = TODAY
    rules: Handbook = field(default_factory=handbook)

    async def hear(self, *events: Event) -> None:
        """Hear events, each in a transaction of its own, as the consumer does."""
        hears = heard_at(lambda: desk(FixedClock(self.today), rules=self.rules))
        for event in events:
            async with self.database.transaction() as session:
                await hears[type(event)](session, event, meta_of(event))

    async def run(self, as_of: date | None = None) -> Run:
        """Run the planners for a day, on which the office is from then on."""
        self.today = as_of or self.today
        async with self.database.transaction() as session:
            return await run_planners(session, self.rules, as_of=self.today, requested_by="test")

    async def query(self, statement: str, **parameters: Any) -> list[dict[str, Any]]:
        """Ask the database as the worker."""
        async with self.database.transaction() as session:
            rows = await session.execute(sa.text(statement), parameters)
            return [dict(row) for row in rows.mappings()]

    async def duties(self, uscc: str) -> list[dict[str, Any]]:
        """The duties of an enterprise, by day."""
        return await self.query("SELECT * FROM duties WHERE uscc = :uscc ORDER BY due_on, kind", uscc=uscc)

    async def notices(self, uscc: str, state: str | None = None) -> list[dict[str, Any]]:
        """The notices of an enterprise in the order of their days."""
        found = await self.query("SELECT * FROM notices WHERE uscc = :uscc ORDER BY planned_on, id", uscc=uscc)
        return [notice for notice in found if state in (None, notice["state"])]

    async def told(self, uscc: str) -> list[tuple[str, date | None, int]]:
        """What an enterprise was told, in the order it was: kind, due date, offset."""
        found = await self.query(
            "SELECT kind, due_on, offset_days FROM notices WHERE uscc = :uscc AND state = 'sent' ORDER BY sent_at, id",
            uscc=uscc,
        )
        return [(row["kind"], row["due_on"], row["offset_days"]) for row in found]

    async def said(self, uscc: str) -> list[tuple[str, int]]:
        """What the service said about an enterprise: event type and version."""
        found = await self.query("SELECT type, agg_version FROM outbox WHERE key = :uscc ORDER BY id", uscc=uscc)
        return [(row["type"].removeprefix("notifications."), row["agg_version"]) for row in found]


@pytest.fixture(scope="module")
def service_database(make_database: Callable[[str], ServiceDatabase]) -> ServiceDatabase:
    return make_database("notifications")


@pytest.fixture(scope="module")
async def worker(service_database: ServiceDatabase) -> AsyncIterator[Database]:
    database = Database(service_database.worker_url)
    yield database
    await database.dispose()


@pytest.fixture
def office(worker: Database) -> Office:
    return Office(worker)


@pytest.fixture(scope="module")
async def client(service_database: ServiceDatabase, issuer: TestIssuer) -> AsyncIterator[httpx.AsyncClient]:
    database = Database(service_database.app_url)
    edge = Edge(database=database, verifier=issuer.verifier(), clock=FixedClock(TODAY))
    async with client_of(build(edge)) as client:
        yield client
    await database.dispose()
