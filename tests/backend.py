"""The servers the tests run on: embedded by default, Docker or running ones by BACKEND. The tests do not know which."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

SERVICES = ("enterprise", "pipeline", "awards", "notifications")


@dataclass(frozen=True)
class Backend:
    """Where PostgreSQL (superuser address) and the broker listen."""

    admin_url: str
    kafka_bootstrap: str

    def as_dict(self) -> dict[str, str]:
        """Return the addresses, to hand them to another process."""
        return asdict(self)


def start_backend(stack: ExitStack, environment: Mapping[str, str] = os.environ) -> Backend:
    """Start (or find) the servers; what was started ends with `stack`."""
    kind = environment.get("BACKEND", "embedded")
    if kind == "external":
        return Backend(environment["TEST_ADMIN_URL"], environment["TEST_KAFKA_BOOTSTRAP"])
    if kind == "docker":
        return _start_containers(stack)
    if kind == "embedded":
        return _start_embedded(stack)
    raise ValueError(f"BACKEND={kind}: use embedded, docker or external")


def _start_embedded(stack: ExitStack) -> Backend:
    from deploy.local.broker import EmbeddedBroker
    from deploy.local.ports import free_port
    from deploy.local.postgres import EmbeddedPostgres

    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tidu-test-", ignore_cleanup_errors=True)))
    folder.chmod(0o755)
    fast = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "300"}
    postgres = EmbeddedPostgres(folder / "postgres", free_port(), secrets.token_hex(8), settings=fast)
    broker = EmbeddedBroker(folder / "broker", free_port())
    for server in (postgres, broker):
        server.start()
        stack.callback(server.stop)
    return Backend(postgres.url, broker.bootstrap)


def _start_containers(stack: ExitStack) -> Backend:
    from testcontainers.kafka import KafkaContainer
    from testcontainers.postgres import PostgresContainer

    postgres = stack.enter_context(PostgresContainer("postgres:18", driver=None))
    kafka = stack.enter_context(KafkaContainer("apache/kafka:4.3.0").with_kraft())
    return Backend(postgres.get_connection_url(), kafka.get_bootstrap_server())
