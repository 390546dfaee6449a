"""What the tests do to a broker behind the system's back: read its records, write rogue ones, delete a topic."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient

PARTITIONS = 4


async def read_records(bootstrap: str, topic: str, *, count: int) -> list[Any]:
    """Return at least `count` records of a topic, partition by partition in their order."""
    return await asyncio.to_thread(_read, bootstrap, topic, count)


def _read(bootstrap: str, topic: str, count: int) -> list[Any]:
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap, auto_offset_reset="earliest", enable_auto_commit=False, fetch_max_wait_ms=20
    )
    consumer.assign([TopicPartition(topic, part) for part in range(PARTITIONS)])
    found: list[Any] = []
    try:
        for _ in range(200):
            for records in consumer.poll(timeout_ms=100).values():
                found += records
            if len(found) >= count:
                break
        return sorted(found, key=lambda record: (record.partition, record.offset))
    finally:
        consumer.close()


async def write_records(bootstrap: str, topic: str, records: Sequence[Any], *, part: int | None = None) -> None:
    """Publish records (with .partition, .key, .value, .headers) as somebody else would."""
    await asyncio.to_thread(_write, bootstrap, topic, records, part)


def _write(bootstrap: str, topic: str, records: Sequence[Any], part: int | None) -> None:
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all")
    try:
        for record in records:
            partition = record.partition if part is None else part
            producer.send(topic, record.value, record.key, list(record.headers), partition).get(timeout=10)
    finally:
        producer.close(timeout=5)


async def delete_topic(bootstrap: str, topic: str) -> None:
    """Delete a topic with everything in it."""

    def delete() -> None:
        admin = KafkaAdminClient(bootstrap_servers=bootstrap)
        try:
            admin.delete_topics([topic])
        finally:
            admin.close()

    await asyncio.to_thread(delete)
