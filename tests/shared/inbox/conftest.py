"""A database with the backbone's tables for the inbox tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.backend import Backend
from tests.databases import ServiceDatabase
from tests.shared.harness import Harness, backbone_database


@pytest.fixture
def urls(backend: Backend) -> Iterator[ServiceDatabase]:
    with backbone_database(backend.admin_url) as made:
        yield made


@pytest.fixture
async def harness(urls: ServiceDatabase) -> AsyncIterator[Harness]:
    """A harness whose events are handed to the inbox directly; no broker is asked."""
    made = Harness(urls, "127.0.0.1:1")
    yield made
    await made.close()
