"""The awards service on a real database: its worker hears events, its API answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from services.awards.domain.desk import GrantDesk
from services.awards.hears import heard_at
from shared.db.engine import Database
from shared.events.base import Event
from shared.kernel.clock import FixedClock
from shared.kernel.roles import Role
from shared.testing.client import client_of
from shared.testing.tokens import TestIssuer
from shared.web.edge import Edge
from tests.awards.application import build
from tests.awards.facts import TODAY, meta_of
from tests.databases import ServiceDatabase
from tests.jurisdictions.library import library

CLOCK = FixedClock(TODAY)


@pytest.fixture(scope="module")
def service_database(make_database: Callable[[str], ServiceDatabase]) -> ServiceDatabase:
    return make_database("awards")


@pytest.fixture(scope="module")
async def worker(service_database: ServiceDatabase) -> AsyncIterator[Database]:
    database = Database(service_database.worker_url)
    yield database
    await database.dispose()


@pytest.fixture(scope="module")
async def hear(worker: Database) -> Callable[..., Awaitable[None]]:
    """Hear events, each in a transaction of its own, as the consumer does."""
    hears = heard_at(lambda: GrantDesk(library(), CLOCK))

    async def hear(*events: Event, actor: str | None = "caseworker-530900") -> None:
        for event in events:
            async with worker.transaction() as session:
                await hears[type(event)](session, event, meta_of(event, actor))

    return hear


@pytest.fixture(scope="module")
async def query(worker: Database) -> Callable[..., Awaitable[list[dict[str, Any]]]]:
    """Ask the database as the worker."""

    async def query(statement: str, **parameters: Any) -> list[dict[str, Any]]:
        async with worker.transaction() as session:
            rows = await session.execute(sa.text(statement), parameters)
            return [dict(row) for row in rows.mappings()]

    return query


@pytest.fixture(scope="module")
async def client(service_database: ServiceDatabase, issuer: TestIssuer) -> AsyncIterator[httpx.AsyncClient]:
    database = Database(service_database.app_url)
    async with client_of(build(Edge(database=database, verifier=issuer.verifier(), clock=CLOCK))) as client:
        yield client
    await database.dispose()


@dataclass
class Desk:
    """People of the offices of one jurisdiction, talking to the API."""

    client: httpx.AsyncClient
    issuer: TestIssuer
    region: str = "530900"

    def headers(self, role: Role, **scope: Any) -> dict[str, str]:
        return self.issuer.headers(role, **{"regions": (self.region,), **scope})

    async def awards(self, uscc: str, role: Role = Role.CASEWORKER) -> list[dict[str, Any]]:
        answer = await self.client.get("/v1/awards", params={"uscc": uscc}, headers=self.headers(role))
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    async def step(
        self, award_id: str, step: str, role: Role, body: dict[str, Any] | None = None, **scope: Any
    ) -> httpx.Response:
        extra = {"If-Match": scope.pop("if_match")} if "if_match" in scope else {}
        headers = {**self.headers(role, **scope), **extra}
        return await self.client.post(f"/v1/awards/{award_id}/{step}", json=body, headers=headers)

    async def decide(self, award_id: str) -> dict[str, Any]:
        """Take the award through all three offices."""
        for step, role in (
            ("science-review", Role.SCIENCE_REVIEWER),
            ("finance-review", Role.FINANCE_REVIEWER),
            ("government-consent", Role.GOVERNMENT_APPROVER),
        ):
            answer = await self.step(award_id, step, role)
            assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def desk(client: httpx.AsyncClient, issuer: TestIssuer) -> Desk:
    return Desk(client, issuer)
