"""A database with the backbone's tables for the outbox tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import psycopg
import pytest

from shared.outbox.stamper import Connection
from shared.outbox.upkeep import ensure_heads
from tests.backend import Backend
from tests.databases import ServiceDatabase
from tests.shared.harness import Harness, backbone_database

PARTITIONS = 4


@pytest.fixture
def urls(backend: Backend) -> Iterator[ServiceDatabase]:
    with backbone_database(backend.admin_url) as made:
        yield made


@pytest.fixture
async def harness(urls: ServiceDatabase) -> AsyncIterator[Harness]:
    """A harness that only says events; no broker is asked."""
    made = Harness(urls, "127.0.0.1:1")
    yield made
    await made.close()


@pytest.fixture
async def relay_connection(harness: Harness) -> AsyncIterator[Connection]:
    """The connection a relay would use, with the heads of the harness's topic."""
    async with await psycopg.AsyncConnection.connect(harness.urls.worker_url, autocommit=True) as connection:
        await ensure_heads(connection, [harness.topic], PARTITIONS)
        yield connection
