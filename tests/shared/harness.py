"""A producer and a consumer on one real database and one real broker, for the tests of the event stream."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, ClassVar

import psycopg
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.ext.asyncio import AsyncSession

import shared.db.ddl
import shared.inbox.ddl
import shared.outbox.ddl
from shared.db.engine import Database
from shared.db.provision import provision, role_names
from shared.events.base import EVENTS, Event, EventMeta
from shared.inbox.routing import Hears
from shared.messaging.config import BrokerConfig
from shared.messaging.consumer import Consumer
from shared.messaging.failpoints import Failpoints
from shared.messaging.relay import Relay
from shared.messaging.topics import TopicSpec
from shared.messaging.watch import BrokerWatch
from shared.outbox import append_all
from shared.outbox.bell import Bell
from shared.outbox.replay import request_replay
from tests.databases import PASSWORD, ServiceDatabase, address

SERVICE = "probe"
PATIENCE_SECONDS = 60.0

EFFECTS = """CREATE TABLE effects (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text NOT NULL, version int NOT NULL, event_id uuid NOT NULL)"""


WRITE_EFFECT = sa.text("INSERT INTO effects (key, version, event_id) VALUES (:key, :version, :event_id)")


class ProbeEvent(Event):
    """A fact about a thing, for tests."""

    aggregate: ClassVar[str] = "thing"

    thing: str
    note: str = ""

    @property
    def key(self) -> str:
        return self.thing


def probe_event(topic: str, event_type: str = "probe.happened.v1") -> type[ProbeEvent]:
    """Make an event class of its own topic; it does not enter the catalogue of the real events."""
    members = {"event_type": event_type, "topic": topic, "__module__": __name__, "__annotations__": {}}
    made = type("Probe", (ProbeEvent,), members)
    EVENTS.pop(event_type)
    return made


@contextmanager
def backbone_database(admin_url: str) -> Iterator[ServiceDatabase]:
    """Give a database that holds the backbone's tables and a table of effects, with the roles of a real service."""
    prefix = f"test_{secrets.token_hex(4)}_"
    name = f"{prefix}{SERVICE}"
    provision(admin_url, [SERVICE], dict.fromkeys(role_names(SERVICE), PASSWORD), prefix=prefix)
    urls = {f"{kind}_url": address(admin_url, name, f"{SERVICE}_{kind}") for kind in ("owner", "app", "worker")}
    with psycopg.connect(urls["owner_url"]) as connection:
        for package in (shared.db.ddl, shared.outbox.ddl, shared.inbox.ddl):
            package.create_v1(connection.execute)
        connection.execute(EFFECTS)
        connection.execute("GRANT ALL ON effects TO tidu_worker")
    try:
        yield ServiceDatabase(name=name, admin_url=address(admin_url, name), **urls)
    finally:
        with psycopg.connect(admin_url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


async def write_effect(session: AsyncSession, event: ProbeEvent, meta: EventMeta) -> None:
    """The ordinary handler of these tests: one row an event."""
    await session.execute(WRITE_EFFECT, {"key": event.thing, "version": event.version, "event_id": meta.event_id})


class Harness:
    """Says events and runs relays and consumers; the topic is new for each harness."""

    def __init__(self, urls: ServiceDatabase, bootstrap: str, *, uses_groups: bool = False) -> None:
        self.urls = urls
        self.topic = f"tidu-probe-{secrets.token_hex(4)}"
        self.event = probe_event(self.topic)
        self.specs = (TopicSpec(self.topic, SERVICE, (SERVICE,)),)
        self.config = BrokerConfig(bootstrap, uses_groups=uses_groups)
        self.app = Database(urls.app_url, pool_size=10)
        self.worker = Database(urls.worker_url, pool_size=10)
        self.consumer_database = Database(urls.worker_url, pool_size=4, application_name=f"{SERVICE}-consumer")
        self.bell = Bell(urls.worker_url)
        for database in (self.app, self.worker, self.consumer_database):
            database.after_announcement.append(self.bell.ring)
        self.versions: dict[str, int] = {}
        self.replays: list[tuple[int, int]] = []

    async def close(self) -> None:
        await self.bell.close()
        await self.app.dispose()
        await self.worker.dispose()
        await self.consumer_database.dispose()

    async def say(self, *keys: str, note: str = "") -> None:
        """Append one event a key, each the next version of its thing, in one transaction."""
        events = []
        for key in keys:
            self.versions[key] = self.versions.get(key, 0) + 1
            events.append(self.event(thing=key, version=self.versions[key], note=note))
        async with self.app.transaction() as session:
            await append_all(session, events)

    @asynccontextmanager
    async def relaying(
        self, *, config: BrokerConfig | None = None, failpoints: Failpoints | None = None
    ) -> AsyncIterator[Relay]:
        config = config or self.config
        watch = BrokerWatch(config, self.specs, client_id="probe-relay-watch")
        relay = Relay(
            service=SERVICE,
            database_url=self.urls.worker_url,
            topics=[self.topic],
            config=config,
            watch=watch,
            failpoints=failpoints,
        )
        try:
            async with running(relay.run):
                yield relay
        finally:
            await watch.close()

    @asynccontextmanager
    async def consuming(
        self, hears: Hears | None = None, *, failpoints: Failpoints | None = None
    ) -> AsyncIterator[Consumer]:
        watch = BrokerWatch(self.config, self.specs, client_id="probe-consumer-watch")
        consumer = Consumer(
            service=self.topic,
            database=self.consumer_database,
            hears=hears if hears is not None else {self.event: write_effect},
            topics=[self.topic],
            config=self.config,
            watch=watch,
            request_replay=self.request_replay,
            failpoints=failpoints,
        )
        try:
            async with running(consumer.run):
                yield consumer
        finally:
            await watch.close()

    async def request_replay(self, topic: str, part: int, from_pseq: int) -> None:
        self.replays.append((part, from_pseq))
        async with self.app.transaction() as session:
            await request_replay(session, topic=topic, part=part, from_pseq=from_pseq)

    async def rows(self, statement: str, **parameters: Any) -> list[Any]:
        async with self.worker.transaction() as session:
            return list(await session.execute(sa.text(statement), parameters))

    async def execute(self, statement: str, **parameters: Any) -> None:
        async with self.worker.transaction() as session:
            await session.execute(sa.text(statement), parameters)

    async def scalar(self, statement: str, **parameters: Any) -> Any:
        return (await self.rows(statement, **parameters))[0][0]

    async def published(self) -> None:
        """Wait until the broker acknowledged everything said."""

        async def is_published() -> bool:
            return bool(await self.scalar(PUBLISHED))

        await eventually(is_published, self.describe)

    async def settled(self) -> None:
        """Wait until everything said has passed the watermark of the consumer."""

        async def is_settled() -> bool:
            return bool(await self.scalar(SETTLED))

        await eventually(is_settled, self.describe)

    async def remembers_offsets(self, *, at_least: int) -> None:
        """Wait until the consumer remembers having read so many records."""

        async def is_so() -> bool:
            return (await self.scalar("SELECT sum(next_offset) FROM inbox_head") or 0) >= at_least

        await eventually(is_so, self.describe)

    async def describe(self) -> str:
        """Say where everybody stands, for a test that waited in vain."""
        heads = await self.rows("SELECT part, epoch, stamped, sent FROM stream_head ORDER BY part")
        marks = await self.rows(
            "SELECT part, pseq, seen_pseq, next_offset, stopped_reason FROM inbox_head ORDER BY part"
        )
        return (
            f"heads {heads}, watermarks {marks}, unstamped {await self.scalar(UNSTAMPED)}, replays {self.replays[-5:]}"
        )

    async def check_effects(self) -> None:
        """Every event said had its effect exactly once, and per key in the order of its versions."""
        rows = await self.rows("SELECT key, version FROM effects ORDER BY id")
        seen: dict[str, list[int]] = {}
        for key, version in rows:
            seen.setdefault(key, []).append(version)
        assert seen == {key: list(range(1, last + 1)) for key, last in self.versions.items()}


UNSTAMPED = "SELECT count(*) FROM outbox WHERE pseq IS NULL"
PUBLISHED = """SELECT NOT EXISTS (SELECT FROM outbox WHERE pseq IS NULL) AND count(*) > 0 AND bool_and(sent = stamped)
    FROM stream_head"""
SETTLED = """SELECT NOT EXISTS (SELECT FROM outbox WHERE pseq IS NULL) AND NOT EXISTS (
    SELECT FROM stream_head AS head LEFT JOIN inbox_head AS mark USING (topic, part)
    WHERE head.stamped > 0 AND coalesce(mark.pseq, 0) <> head.stamped)"""


@asynccontextmanager
async def running(work: Callable[[], Any]) -> AsyncIterator[None]:
    """Run something endless beside the block; where it ends, the block is ended and its failure is raised."""
    block = asyncio.current_task()
    task = asyncio.ensure_future(work())

    def end_block(done: asyncio.Future[Any]) -> None:
        if not done.cancelled() and block is not None:
            block.cancel()

    task.add_done_callback(end_block)
    try:
        yield
    except asyncio.CancelledError:
        if task.done() and task.exception() is not None and block is not None:
            block.uncancel()
            raise task.exception() from None  # type: ignore[misc]
        raise
    finally:
        task.remove_done_callback(end_block)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def eventually(is_so: Callable[[], Any], describe: Callable[[], Any] | None = None) -> None:
    """Wait, for a bounded time, until something holds."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not await is_so():
        if time.monotonic() > deadline:
            raise AssertionError(f"did not come about: {await describe() if describe else ''}")
        await asyncio.sleep(0.05)
