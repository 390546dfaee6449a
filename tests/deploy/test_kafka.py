"""Apache Kafka from Maven's jars: the same shape as the embedded broker, and a memory."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic

from deploy.local.kafka import ApacheKafka, new_cluster_id, why_not
from deploy.local.ports import free_port
from tests.deploy.processes import is_running, listens_on_loopback_only

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(300)]
TOPIC = TopicPartition("tidu-trial", 0)


@pytest.fixture
def kafka(home: Path) -> Iterator[ApacheKafka]:
    """A running node of its own."""
    if reason := why_not():
        pytest.skip(reason)
    server = ApacheKafka(home / "kafka", free_port())
    server.start()
    yield server
    server.kill()


def cluster_id(server: ApacheKafka) -> object:
    admin = KafkaAdminClient(bootstrap_servers=server.bootstrap)
    described = admin.describe_cluster()
    admin.close()
    return described["cluster_id"]


def first_value(server: ApacheKafka) -> bytes:
    consumer = KafkaConsumer(bootstrap_servers=server.bootstrap, consumer_timeout_ms=30_000)
    consumer.assign([TOPIC])
    consumer.seek_to_beginning(TOPIC)
    value: bytes = next(consumer).value
    consumer.close()
    return value


def test_what_was_acknowledged_survives_a_kill_and_a_wipe_makes_a_new_cluster(kafka: ApacheKafka) -> None:
    assert listens_on_loopback_only(kafka.port)
    admin = KafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    admin.create_topics([NewTopic(TOPIC.topic, 1, 1)])
    admin.close()
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap)
    producer.send(TOPIC.topic, b"kept").get(30)
    producer.close()
    before = cluster_id(kafka)
    kafka.kill()
    kafka.start()
    assert cluster_id(kafka) == before
    assert first_value(kafka) == b"kept"
    kafka.wipe()
    kafka.start()
    assert cluster_id(kafka) != before
    pid = kafka.pid
    kafka.stop()
    assert pid
    assert not is_running(pid)


def test_a_cluster_id_is_what_the_storage_tool_accepts() -> None:
    identifiers = {new_cluster_id() for _ in range(200)}
    assert len(identifiers) == 200
    assert all(len(text) == 22 and not text.startswith("-") for text in identifiers)
