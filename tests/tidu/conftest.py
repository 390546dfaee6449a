"""The client in front of the real console and the four real services, all in this process and without a socket."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import anyio
import anyio.from_thread
import httpx
import pytest
import stamina
from anyio.from_thread import BlockingPortal
from fastapi import FastAPI
from structlog.testing import capture_logs
from typer.testing import CliRunner, Result

from deploy.tidu.addresses import PARTS
from deploy.tidu.app import app
from deploy.tidu.calling import SERVICES, make_client
from deploy.tidu.desk import Surroundings
from services.console.main import build_app as build_console
from services.console.main import make_edge, make_issuer, make_pages
from services.console.settings import Settings
from shared.db.engine import Database
from shared.kernel.clock import FixedClock
from shared.web.edge import Edge
from tests.contracts.applications import TODAY, build
from tests.databases import ServiceDatabase
from tests.enterprise.conftest import planner_on


class InProcess(httpx.BaseTransport):
    """Carries a synchronous client's requests to an application that lives in the portal's event loop."""

    def __init__(self, portal: BlockingPortal, application: FastAPI) -> None:
        self._portal = portal
        self._inner = httpx.ASGITransport(app=application, raise_app_exceptions=False)
        self.before: Callable[[httpx.Request], httpx.Response | None] = lambda _: None
        """Runs before each request; what it returns is the answer."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        given = self.before(request)
        return given if given is not None else self._portal.call(self._ask, request)

    async def _ask(self, request: httpx.Request) -> httpx.Response:
        again = httpx.Request(request.method, request.url, headers=request.headers, content=request.content)
        answer = await self._inner.handle_async_request(again)
        body = b"".join([part async for part in answer.aiter_raw()])
        return httpx.Response(answer.status_code, headers=answer.headers, content=body)


@dataclass
class Stand:
    """The running parts, and `tidu` typed at a terminal before them."""

    portal: BlockingPortal
    transports: Mapping[str, InProcess]
    workers: Mapping[str, Database]
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def surroundings(self) -> Surroundings:
        """What the machine gives to the client."""
        addresses = {f"TIDU_ADDRESS_{part.upper()}": f"http://{part}.test" for part in PARTS}
        mounts = {f"http://{part}.test": transport for part, transport in self.transports.items()}
        return Surroundings(
            environment={**addresses, **self.environment},
            folder=self.folder,
            client=lambda: make_client(mounts),
            clock=FixedClock(TODAY),
            poll_seconds=0,
        )

    def run(self, *arguments: str, typed: str | None = None) -> Result:
        """Type a command."""
        return CliRunner().invoke(app, ["--patience", "5", *arguments], obj=self.surroundings(), input=typed)

    def done(self, *arguments: str, typed: str | None = None) -> str:
        """Type a command that must succeed; returns its standard output."""
        result = self.run(*arguments, typed=typed)
        assert result.exit_code == 0, (result.output, result.exception)
        return result.stdout

    def json(self, *arguments: str) -> Any:
        """Type a command with --json."""
        return json.loads(self.done(*arguments, "--json"))

    def login(self, user: str) -> str:
        """Sign in as a demo user."""
        return self.done("login", "--user", user, "--password-stdin", typed="demo\n")


@pytest.fixture(autouse=True)
def no_pauses() -> Iterator[None]:
    """Retries wait for nothing."""
    stamina.set_testing(True, attempts=4)
    yield
    stamina.set_testing(False)


@pytest.fixture(autouse=True)
def no_service_logs() -> Iterator[None]:
    """What the services log stands on their own output, not on the client's."""
    with capture_logs():
        yield


@pytest.fixture(scope="module")
def running(
    make_database: Callable[[str], ServiceDatabase], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[BlockingPortal, dict[str, InProcess], dict[str, Database]]]:
    """Console and services over fresh databases; their tokens are the console's own."""
    folder = tmp_path_factory.mktemp("console")
    settings = Settings(
        issuer_key_file=folder / "issuer.pem", oidc_issuer="http://console.test", assets_dir=folder, today=TODAY
    )
    issuer = make_issuer(settings)
    console_edge = make_edge(settings, issuer)
    console = build_console(console_edge, issuer, make_pages(settings, issuer))
    with anyio.from_thread.start_blocking_portal() as portal:
        databases = {service: make_database(service) for service in SERVICES}
        reached = {service: portal.call(Database, databases[service].app_url) for service in SERVICES}
        workers = {service: portal.call(Database, databases[service].worker_url) for service in SERVICES}
        transports = {"console": InProcess(portal, console)}
        for service in SERVICES:
            edge = Edge(reached[service], console_edge.verifier, FixedClock(TODAY))
            transports[service] = InProcess(portal, build(service, edge))
        yield portal, transports, workers
        for database in (*reached.values(), *workers.values()):
            portal.call(database.dispose)


@pytest.fixture
def stand(
    running: tuple[BlockingPortal, dict[str, InProcess], dict[str, Database]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Stand:
    """A user with an empty configuration folder, working in an empty folder."""
    portal, transports, workers = running
    for transport in transports.values():
        monkeypatch.setattr(transport, "before", lambda _: None)
    monkeypatch.chdir(tmp_path)
    return Stand(portal, transports, workers, tmp_path / "config")


@pytest.fixture
def with_worker(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> Stand:
    """The same, with imports worked off by the time somebody asks how far they are."""

    def work_off(request: httpx.Request) -> None:
        head, _, import_id = request.url.path.rpartition("/")
        if head == "/v1/imports":
            planner = planner_on(TODAY)
            stand.portal.call(planner.run_import, stand.workers["enterprise"], UUID(import_id))

    monkeypatch.setattr(stand.transports["enterprise"], "before", work_off)
    return stand
