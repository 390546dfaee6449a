"""Brokers and harnesses for the messaging tests: the embedded broker, and Apache Kafka where it can run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from deploy.local.broker import EmbeddedBroker
from deploy.local.errors import LaunchError
from deploy.local.kafka import ApacheKafka, why_not
from deploy.local.ports import free_port
from tests.backend import Backend
from tests.databases import ServiceDatabase
from tests.shared.harness import Harness, backbone_database

LANES = ("backend", pytest.param("kafka", marks=pytest.mark.kafka))


@pytest.fixture(scope="session")
def apache_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApacheKafka]:
    """One Apache Kafka for the whole run; skips where Java or Maven is missing."""
    if reason := why_not():
        pytest.skip(reason)
    server = ApacheKafka(tmp_path_factory.mktemp("kafka"), free_port())
    try:
        server.start()
    except LaunchError as error:
        pytest.skip(f"Apache Kafka 无法启动: {error}")
    yield server
    server.stop()


@pytest.fixture
def urls(backend: Backend) -> Iterator[ServiceDatabase]:
    with backbone_database(backend.admin_url) as made:
        yield made


@pytest.fixture(params=LANES)
async def harness(request: pytest.FixtureRequest, urls: ServiceDatabase, backend: Backend) -> AsyncIterator[Harness]:
    """A harness on the session's broker, and again, with consumer groups, on Apache Kafka."""
    is_kafka = request.param == "kafka"
    bootstrap = request.getfixturevalue("apache_kafka").bootstrap if is_kafka else backend.kafka_bootstrap
    made = Harness(urls, bootstrap, uses_groups=is_kafka)
    yield made
    await made.close()


@pytest.fixture(params=LANES)
def mortal_broker(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[EmbeddedBroker | ApacheKafka]:
    """A broker of the test's own, to be killed."""
    home: Path = tmp_path_factory.mktemp("broker")
    home.chmod(0o755)
    with ExitStack() as stack:
        made: EmbeddedBroker | ApacheKafka = EmbeddedBroker(home, free_port())
        if request.param == "kafka":
            request.getfixturevalue("apache_kafka")
            made = ApacheKafka(home, free_port())
        made.start()
        stack.callback(made.kill)
        yield made


@pytest.fixture
async def mortal_harness(urls: ServiceDatabase, mortal_broker: EmbeddedBroker | ApacheKafka) -> AsyncIterator[Harness]:
    """A harness on the broker that may be killed."""
    made = Harness(urls, mortal_broker.bootstrap, uses_groups=isinstance(mortal_broker, ApacheKafka))
    yield made
    await made.close()
