"""The consumer, wrapped: polls and decodes in a thread of its own, and tells when the group deals partitions anew."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from kafka import KafkaConsumer, OffsetAndMetadata, TopicPartition
from kafka.errors import KafkaError
from kafka.structs import MemberState

from shared.inbox.dispatch import Stream
from shared.inbox.records import Record
from shared.messaging.codec import decode
from shared.messaging.config import BrokerAway, BrokerConfig
from shared.messaging.connecting import connect

_BUSY_WAIT_MS = 10
_IDLE_WAIT_MS = 500
_CLOSE_MS = 1500
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Polled:
    """What one poll gave. Another `generation` means that all positions have to be set again.

    `is_member` is false while the reader waits for its group; that does not take longer than a few sessions.
    """

    records: Mapping[Stream, Sequence[Record]]
    assignment: frozenset[Stream]
    generation: str
    is_member: bool


class RecordReader:
    """Reads topics, as a member of a consumer group or alone. After an error it is of no use: close it, make another.

    How long the broker may hold a fetch is adapted: short after traffic (the embedded broker does not answer a waiting
    fetch when a record comes, only when its time is up), long when nothing happens, to leave the processor idle.
    """

    def __init__(self, config: BrokerConfig, topics: Collection[str], *, group: str, client_id: str) -> None:
        self._options = {**config.consumer(client_id, group), "fetch_max_wait_ms": _BUSY_WAIT_MS}
        self._uses_groups = config.uses_groups
        self._topics = list(topics)
        self._places = [TopicPartition(topic, part) for topic in topics for part in range(config.partitions)]
        self._kafka: Any = None
        self._wait_ms = _BUSY_WAIT_MS
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="kafka-reader")

    async def open(self) -> None:
        """Connect, and join the group where there is one."""
        await self._run(self._open)

    async def poll(self) -> Polled:
        """Wait for records, at most half a second."""
        return await self._run(self._poll)

    async def seek(self, stream: Stream, offset: int) -> None:
        """Read a partition from `offset` on; does nothing where the partition was taken away meanwhile.

        There is no pause: records that a paused partition had in the buffer are never given back, and with them the
        partition falls silent (kafka-python 3.0.12). What is not wanted now is skipped, and sought again later.
        """
        await self._run(lambda: self._seek(stream, offset))

    async def commit(self, offsets: Mapping[Stream, int]) -> None:
        """Tell the broker how far we are, for its tools' sake; nothing depends on it, so failures are not reported."""
        await self._run(lambda: self._commit(offsets))

    async def close(self) -> None:
        """Leave the group."""
        with suppress(BrokerAway):
            await self._run(self._close)
        self._executor.shutdown(wait=False)

    async def _run(self, work: Callable[[], _Result]) -> _Result:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, work)
        except (KafkaError, OSError, ValueError, AssertionError) as error:
            raise BrokerAway.because(error, "reading") from error

    def _open(self) -> None:
        self._kafka = connect(KafkaConsumer, self._options)
        if not self._uses_groups:
            self._kafka.assign(self._places)
            return
        self._kafka.subscribe(self._topics)
        # Learn the partitions before joining: a join that finds none is repeated, and the repetition can get lost.
        self._kafka.topics()

    def _poll(self) -> Polled:
        found = self._kafka.poll(timeout_ms=max(self._wait_ms, 100))
        self._wait_ms = _BUSY_WAIT_MS if found else min(self._wait_ms * 2, _IDLE_WAIT_MS)
        self._kafka._fetcher.config["fetch_max_wait_ms"] = self._wait_ms
        records = {
            Stream(place.topic, place.partition): [decode(r.offset, r.key, r.headers, r.value) for r in found[place]]
            for place in found
        }
        assigned = frozenset(Stream(place.topic, place.partition) for place in self._kafka.assignment())
        return Polled(records, assigned, *self._membership())

    def _membership(self) -> tuple[str, bool]:
        """Return which deal of partitions this is, and whether it is complete."""
        if not self._uses_groups:
            return "alone", True
        group = self._kafka.group_metadata()
        if group.state == MemberState.REBALANCING:
            # A poll that ends during a join which new metadata caused would forget it: the answer is never read,
            # no heartbeat is sent, and the member waits for ever (kafka-python 3.0.12).
            self._kafka._coordinator.request_rejoin()
        return f"{group.member_id}/{group.generation_id}", group.state == MemberState.STABLE

    def _seek(self, stream: Stream, offset: int) -> None:
        place = TopicPartition(*stream)
        if place in self._kafka.assignment():
            self._kafka.seek(place, offset)

    def _commit(self, offsets: Mapping[Stream, int]) -> None:
        if not self._uses_groups:
            return
        marks = {TopicPartition(*stream): OffsetAndMetadata(offset, "", -1) for stream, offset in offsets.items()}
        with suppress(KafkaError):
            self._kafka.commit_async(marks)

    def _close(self) -> None:
        if self._kafka is not None:
            self._kafka.close(autocommit=False, timeout_ms=_CLOSE_MS)
