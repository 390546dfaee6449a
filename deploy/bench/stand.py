"""The test stand: PostgreSQL, the broker and an issuer of its own, in a folder that is gone afterwards."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg

from deploy.bench.issuer import BenchIssuer
from deploy.bench.processes import Running, run_module
from deploy.local.broker import EmbeddedBroker
from deploy.local.children import log_tail
from deploy.local.config import StackConfig
from deploy.local.credentials import load_or_create
from deploy.local.environments import database_url, environment_for
from deploy.local.ports import free_port
from deploy.local.postgres import EmbeddedPostgres
from deploy.local.roster import SERVER_PORTS, SERVICES
from shared.db.migrate import upgrade
from shared.db.provision import provision


class Stand:
    """Servers and services for as long as the block runs; everything started here ends with it."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._databases: set[str] = set()
        self._running: dict[str, Running] = {}

    def __enter__(self) -> Stand:
        """Start PostgreSQL (with the settings of `make run`, and exact commit times) and the broker."""
        folder = self._stack.enter_context(
            tempfile.TemporaryDirectory(prefix="tidu-bench-", ignore_cleanup_errors=True)
        )
        self.folder = Path(folder)
        self.folder.chmod(0o755)
        self.config = make_config(self.folder)
        self._credentials = load_or_create(self.folder, [s.name for s in SERVICES], self.config.databases)
        self.postgres = EmbeddedPostgres(
            self.folder / "postgres",
            self.config.ports["postgres"],
            self._credentials.postgres,
            settings={"track_commit_timestamp": "on"},
        )
        self.broker = EmbeddedBroker(self.folder / "broker", self.config.ports["kafka"])
        self.issuer = BenchIssuer()
        self._stack.callback(self.issuer.close)
        for server in (self.postgres, self.broker):
            self._stack.callback(server.stop)
            server.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        for name, running in self._running.items():
            running.stop()
            if kind is not None:
                print(f"--- {name}\n{log_tail(running.log, lines=20)}", file=sys.stderr)
        self._stack.close()

    def create_database(self, service: str, build: Callable[[str], object]) -> None:
        """Make the service's database, once; `build` gets the owner's address and makes the tables."""
        if service not in self._databases:
            provision(self.postgres.url, [service], self._credentials.roles)
            build(self.url(service, "owner"))
            self._databases.add(service)

    def migrate(self, service: str) -> None:
        """Make the service's database with its own migrations, once."""
        self.create_database(service, lambda owner_url: upgrade(service, owner_url))

    def url(self, service: str, kind: str) -> str:
        """Return the address of a service's database for its owner, app or worker role."""
        return database_url(self.config, self._credentials, service, kind)

    def admin_url(self, service: str) -> str:
        """Return the address of a service's database for the superuser, whom row-level security does not touch."""
        return self.postgres.url.rsplit("/", 1)[0] + f"/tidu_{service}"

    def connect(self, service: str) -> psycopg.Connection[Any]:
        """Connect to a service's database as superuser, each statement its own transaction."""
        return psycopg.connect(self.admin_url(service), autocommit=True)

    def environment(self, service: str) -> dict[str, str]:
        """Return the settings a service runs with."""
        chosen = next(known for known in SERVICES if known.name == service)
        complete = environment_for(chosen, self.config, self._credentials) | self.issuer.environment()
        return {name: value for name, value in complete.items() if name != "PYTHONPATH"}

    def start(self, service: str, part: str) -> Running:
        """Start a service's API or worker, unless it runs already."""
        return self.run(f"services.{service}.{part}", environment=self.environment(service), port=self.port(service))

    def port(self, service: str) -> int:
        """Return where a service's API listens."""
        return self.config.ports[service]

    def run(self, module: str, *arguments: str, environment: Mapping[str, str] | None = None, port: int = 0) -> Running:
        """Start a module, unless it runs already."""
        name = " ".join((module, *arguments))
        if name not in self._running:
            logs = self.folder / "logs"
            self._running[name] = run_module(module, *arguments, environment=environment or {}, logs=logs, port=port)
        return self._running[name]

    def stop(self, name: str) -> None:
        """End what was started here as `module arguments`."""
        if name in self._running:
            self._running.pop(name).stop()


def make_config(folder: Path) -> StackConfig:
    """Return the configuration of a stack on free ports over `folder`."""
    names = [service.name for service in SERVICES] + list(SERVER_PORTS)
    ports: dict[str, int] = {}
    for name in names:
        while (port := free_port()) in ports.values():
            continue
        ports[name] = port
    return StackConfig(data_dir=folder, ports=ports)
