"""The relay: stamps committed facts and sends them in order. One leads per database, others wait for it to fail."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

import psycopg
import structlog
from psycopg.conninfo import make_conninfo

from shared.messaging.beacons import BeaconSchedule
from shared.messaging.codec import encode, encode_beacon
from shared.messaging.config import BrokerAway, BrokerConfig
from shared.messaging.failpoints import Failpoints
from shared.messaging.sender import Delivery, Outgoing, RecordSender
from shared.messaging.watch import BrokerWatch
from shared.outbox import upkeep
from shared.outbox.errors import StampRefused
from shared.outbox.stamper import Connection, mark_sent, read_stamped, stamp_batch
from shared.outbox.stamping import Head, Stamped, Stream

BATCH_SIZE = 500
BEAT_SECONDS = 5.0
STANDBY_SECONDS = 2.0
TROUBLE_SECONDS = 0.5
REFUSED_SECONDS = 5.0
BUSY_POLL_SECONDS, IDLE_POLL_SECONDS = 0.2, 1.0

_KEEPALIVES = {
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
    "connect_timeout": 5,
}
_Result = TypeVar("_Result")
_log = structlog.get_logger(__name__)


class TopicMisfit(RuntimeError):
    """The broker's topic has fewer partitions than events are spread over."""


class Relay:
    """Sends one service's outbox. `run` ends only by being cancelled."""

    def __init__(
        self,
        *,
        service: str,
        database_url: str,
        topics: Sequence[str],
        config: BrokerConfig,
        watch: BrokerWatch,
        failpoints: Failpoints | None = None,
    ) -> None:
        self._service = service
        self._source = f"/{service}".encode()
        self._url = database_url
        self._topics = frozenset(topics)
        self._partitions = config.partitions
        self._watch = watch
        self._failpoints = failpoints or Failpoints()
        self._sender = RecordSender(config, client_id=f"tidu-{service}-relay")
        self._beacons = BeaconSchedule()
        self._sending: asyncio.Task[Delivery] | None = None
        self._marks: dict[Stream, tuple[int, int]] = {}
        self._beaten_at = 0.0
        self._poll_seconds = BUSY_POLL_SECONDS

    async def run(self) -> None:
        """Lead, or wait to lead, until cancelled."""
        try:
            while True:
                try:
                    async with self._leading() as connection:
                        await self._lead(connection)
                except psycopg.Error as error:
                    _log.warning("relay_lost_its_database", service=self._service, problem=type(error).__name__)
                    await asyncio.sleep(TROUBLE_SECONDS)
                except (StampRefused, TopicMisfit) as error:
                    _log.critical("relay_refuses_to_go_on", service=self._service, problem=str(error))
                    await asyncio.sleep(REFUSED_SECONDS)
        finally:
            await self._sender.close()

    @asynccontextmanager
    async def _leading(self) -> AsyncIterator[Connection]:
        """Connect and wait until this relay is the one that leads; all its statements use this one connection."""
        address = make_conninfo(self._url, application_name=f"{self._service}-relay", **_KEEPALIVES)
        async with await psycopg.AsyncConnection.connect(address, autocommit=True) as connection:
            while not await upkeep.lead(connection):
                if await upkeep.unseat_silent_leader(connection):
                    _log.critical("silent_relay_unseated", service=self._service)
                await asyncio.sleep(STANDBY_SECONDS)
            await connection.execute(f"LISTEN {upkeep.CHANNEL}")
            self._sending, self._marks, self._beaten_at = None, {}, 0.0
            yield connection

    async def _lead(self, connection: Connection) -> None:
        await self._beat(connection)
        await upkeep.check_identity_cache(connection)
        await upkeep.ensure_heads(connection, self._topics, self._partitions)
        seen = await upkeep.read_broker_seen(connection)
        while True:
            await self._beat(connection)
            try:
                await self._meet_broker(connection, seen)
                worked = await self._step(connection)
            except BrokerAway as error:
                _log.warning("relay_waits_for_broker", service=self._service, problem=str(error))
                await self._abandon_sending(connection)
                await asyncio.sleep(TROUBLE_SECONDS)
                continue
            if not worked:
                await self._wait_for_news(connection)

    async def _beat(self, connection: Connection) -> None:
        if time.monotonic() - self._beaten_at >= BEAT_SECONDS:
            await upkeep.beat(connection)
            self._beaten_at = time.monotonic()

    async def _meet_broker(self, connection: Connection, seen: dict[str, upkeep.TopicIdentity]) -> None:
        """Notice a broker or topic that lost its content: whatever was sent to it has to be sent again."""
        identities = await self._beating(connection, self._watch.identities())
        for topic in self._topics:
            identity = identities[topic]
            if identity == seen.get(topic):
                continue
            if identity.parts < self._partitions:
                raise TopicMisfit(f"{topic} has {identity.parts} partitions, events are spread over {self._partitions}")
            _log.warning("topic_is_new_on_the_broker", topic=topic, cluster=identity.cluster_id)
            await self._abandon_sending(connection)
            await upkeep.restart_topic(connection, topic, identity)
            seen[topic] = identity

    async def _step(self, connection: Connection) -> bool:
        """Stamp what was committed while the previous batch is on its way; settle that one; send the next."""
        stamped, heads = await stamp_batch(connection, partitions=self._partitions, limit=BATCH_SIZE)
        self._failpoints.hit("relay_stamped")
        settled = await self._settle(connection)
        records = await self._collect(connection, stamped, heads, settled)
        records += self._due_beacons(heads, records)
        if records:
            self._sending = asyncio.create_task(self._sender.send(records), name="relay-send")
        return bool(stamped or records)

    async def _settle(self, connection: Connection) -> dict[Stream, tuple[int, int]]:
        """Wait for the batch on its way and mark what was acknowledged; returns the marks."""
        sending, self._sending = self._sending, None
        if sending is None:
            return {}
        delivery = await self._beating(connection, sending)
        self._failpoints.hit("relay_published")
        marks = {stream: mark for stream, mark in self._marks.items() if stream in delivery.streams}
        if marks:
            await mark_sent(connection, marks)
            self._beacons.events_sent(marks, time.monotonic())
        if delivery.error is not None:
            self._watch.doubt()
            raise BrokerAway(f"{delivery.error} while sending")
        return marks

    async def _abandon_sending(self, connection: Connection) -> None:
        """Let the batch on its way end without believing its acknowledgements."""
        sending, self._sending = self._sending, None
        if sending is not None:
            await self._beating(connection, sending)

    async def _beating(self, connection: Connection, work: Awaitable[_Result]) -> _Result:
        """Wait for a broker that may take its time, showing meanwhile that this relay is alive."""
        task = asyncio.ensure_future(work)
        while not (await asyncio.wait({task}, timeout=BEAT_SECONDS))[0]:
            await self._beat(connection)
        return task.result()

    async def _collect(
        self,
        connection: Connection,
        stamped: Sequence[Stamped],
        heads: Mapping[Stream, Head],
        settled: Mapping[Stream, tuple[int, int]],
    ) -> list[Outgoing]:
        """Choose what follows the last acknowledged event of each partition: fresh from stamping, or read back."""
        fresh: dict[Stream, list[Stamped]] = {}
        for item in stamped:
            fresh.setdefault((item.fact.topic, item.part), []).append(item)
        self._marks, records = {}, []
        for stream, head in heads.items():
            base = settled[stream][1] if settled.get(stream, (None,))[0] == head.sent else head.sent
            if base >= head.stamped or stream[0] not in self._topics:
                continue
            items = fresh.get(stream, [])
            if not items or items[0].pseq != base + 1:
                items = await read_stamped(connection, stream, after=base, limit=BATCH_SIZE)
            self._marks[stream] = (base, items[-1].pseq)
            records += [Outgoing(stream, i.fact.key.encode(), i.fact.body, encode(i, self._source)) for i in items]
        return records

    def _due_beacons(self, heads: Mapping[Stream, Head], records: Sequence[Outgoing]) -> list[Outgoing]:
        """Tell consumers where idle partitions end; a beacon speaks of what was sent, never of what is only stamped."""
        now = time.monotonic()
        busy = {record.stream for record in records}
        idle = [s for s, head in heads.items() if s not in busy and head.sent == head.stamped and s[0] in self._topics]
        due = self._beacons.list_due(idle, now)
        self._beacons.beacons_sent(due, now)
        return [
            Outgoing(
                stream,
                None,
                b"{}",
                encode_beacon(
                    self._source, epoch=heads[stream].epoch, sent=heads[stream].sent, head=heads[stream].hash
                ),
            )
            for stream in due
        ]

    async def _wait_for_news(self, connection: Connection) -> None:
        """Sleep until the bell rings; the poll behind it slows down while nothing happens."""
        rung = False
        async for _ in connection.notifies(timeout=self._poll_seconds, stop_after=1):
            rung = True
        self._poll_seconds = BUSY_POLL_SECONDS if rung else min(self._poll_seconds * 1.5, IDLE_POLL_SECONDS)
