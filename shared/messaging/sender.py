"""The producer, wrapped: a batch is sent, flushed and every acknowledgement looked at. Any error ends the producer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

from kafka import KafkaProducer
from kafka.errors import KafkaError

from shared.messaging.codec import Headers
from shared.messaging.config import BrokerConfig
from shared.messaging.connecting import connect
from shared.outbox.stamping import Stream

_FLUSH_SECONDS = 12.0


class Outgoing(NamedTuple):
    """One record for one partition."""

    stream: Stream
    key: bytes | None
    body: bytes
    headers: Headers


@dataclass(frozen=True)
class Delivery:
    """What the broker acknowledged: the partitions whose records all arrived; `error` says why others did not."""

    streams: frozenset[Stream]
    error: str | None = None


class RecordSender:
    """Sends batches from its own thread. An idempotent producer never recovers from a wiped broker, so none is kept."""

    def __init__(self, config: BrokerConfig, *, client_id: str) -> None:
        self._options = config.producer(client_id)
        self._producer: KafkaProducer | None = None
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="kafka-sender")

    async def send(self, records: Sequence[Outgoing]) -> Delivery:
        """Send records in their order and wait for all acknowledgements; never raises for the broker's sake."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, self._send, records)

    async def close(self) -> None:
        """Close the producer and the thread."""
        await asyncio.get_running_loop().run_in_executor(self._executor, self._drop)
        self._executor.shutdown(wait=False)

    def _send(self, records: Sequence[Outgoing]) -> Delivery:
        futures: list[Any] = []
        problem = ""
        try:
            producer = self._ready()
            for (topic, part), key, body, headers in records:
                futures.append(producer.send(topic, body, key, headers, part))
            producer.flush(timeout=_FLUSH_SECONDS)
        except (KafkaError, OSError, ValueError, AssertionError) as error:
            problem = type(error).__name__
        acknowledged = [future.succeeded() for future in futures]
        acknowledged += [False] * (len(records) - len(futures))
        lost = {record.stream for record, arrived in zip(records, acknowledged, strict=True) if not arrived}
        streams = frozenset(record.stream for record in records)
        if not lost:
            return Delivery(streams)
        problem = problem or next(type(future.exception).__name__ for future in futures if not future.succeeded())
        self._drop()
        return Delivery(streams - lost, problem)

    def _ready(self) -> KafkaProducer:
        if self._producer is None:
            self._producer = connect(KafkaProducer, self._options)
        return self._producer

    def _drop(self) -> None:
        producer, self._producer = self._producer, None
        if producer is None:
            return
        try:
            producer.close(timeout=0)
        except (KafkaError, OSError):
            # close() flushes first and gives up where that fails: without this its thread would live on.
            producer._sender.force_close()
