"""The enterprise service on a fresh database, asked over HTTP without a socket."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any

import httpx
import pytest
import pytest_asyncio

from services.enterprise.worker import Planner
from shared.db.engine import Database
from shared.kernel.clock import FixedClock
from shared.kernel.roles import Role
from shared.testing.codes import make_uscc
from shared.testing.tokens import TestIssuer
from shared.web.edge import Edge
from tests.databases import ServiceDatabase
from tests.enterprise.application import LADDERS, TODAY, build

_serials = count(1)


def new_uscc() -> str:
    """A code no other test uses."""
    return make_uscc(next(_serials))


@pytest.fixture(scope="module")
def database(make_database: Callable[[str], ServiceDatabase]) -> ServiceDatabase:
    """A fresh database of the service for this module."""
    return make_database("enterprise")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def worker_db(database: ServiceDatabase) -> AsyncIterator[Database]:
    """The database as the worker reaches it."""
    worker = Database(database.worker_url, pool_size=4)
    yield worker
    await worker.dispose()


@dataclass(frozen=True)
class Who:
    """Who asks: a caseworker of 临沧 unless told otherwise."""

    role: Role = Role.CASEWORKER
    scope: dict[str, Any] = field(default_factory=dict)


def bureau(*regions: str) -> Who:
    """A caseworker of other divisions."""
    return Who(scope={"regions": list(regions)})


class Desk:
    """Asks the service as one person after the other."""

    def __init__(self, client: httpx.AsyncClient, issuer: TestIssuer) -> None:
        self.client = client
        self._issuer = issuer

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        who: Who | None = None,
        headers: dict[str, str] | None = None,
        **options: Any,
    ) -> httpx.Response:
        """Send one request."""
        asker = who or Who()
        signed = {**self._issuer.headers(asker.role, **asker.scope), **(headers or {})}
        if body is not None:
            options["json"] = body
        return await self.client.request(method, path, headers=signed, **options)

    async def get(self, path: str, **options: Any) -> Any:
        """Read something that must be there."""
        answer = await self.ask("GET", path, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: Any, **options: Any) -> Any:
        """Do something that must succeed."""
        answer = await self.ask("POST", path, body, **options)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def register(self, **fields: Any) -> str:
        """Register an invented enterprise and return its code."""
        uscc = fields.pop("uscc", None) or new_uscc()
        body = {"uscc": uscc, "name": f"临沧示例{uscc[-5:]}科技有限公司", "region_code": "530921", **fields}
        await self.post("/v1/enterprises", body)
        return uscc

    async def grant(self, uscc: str, kind: str = "hnte", issued_on: str = "2025-12-03", **fields: Any) -> Any:
        """Record a recognition and return the answer."""
        body = {
            "kind": kind,
            "issued_on": issued_on,
            "issuer": "云南省科学技术厅",
            "document": "云科认〔2025〕1号",
            **fields,
        }
        return await self.post(f"/v1/enterprises/{uscc}/recognitions", body)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def make_desk(database: ServiceDatabase, issuer: TestIssuer) -> AsyncIterator[Callable[[date], Desk]]:
    """A function that gives the service on a chosen business date."""
    reached = Database(database.app_url, pool_size=6)

    def make(today: date) -> Desk:
        app = build(Edge(reached, issuer.verifier(), FixedClock(today)))
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        return Desk(httpx.AsyncClient(transport=transport, base_url="http://enterprise.test"), issuer)

    yield make
    await reached.dispose()


@pytest.fixture(scope="module")
def desk(make_desk: Callable[[date], Desk]) -> Desk:
    """The service today."""
    return make_desk(TODAY)


def planner_on(today: date) -> Planner:
    """The worker's own work, on a chosen business date."""
    return Planner(LADDERS, FixedClock(today))
