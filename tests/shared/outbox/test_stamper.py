"""Stamping on PostgreSQL: late commits, many writers, two relays, and the checks at the start."""

from __future__ import annotations

import asyncio
import random

import psycopg
import pytest
import sqlalchemy as sa

from shared.kernel.errors import NotFound
from shared.outbox import append
from shared.outbox.errors import StampRefused
from shared.outbox.replay import list_backlog, list_heads, read_page, request_replay
from shared.outbox.stamper import Connection, mark_sent, read_stamped, stamp_batch
from shared.outbox.stamping import partition_of
from shared.outbox.upkeep import check_identity_cache, ensure_heads, lead, unseat_silent_leader
from tests.shared.harness import Harness
from tests.shared.outbox.conftest import PARTITIONS


async def stamp_all(connection: Connection) -> list[tuple[str, int, int, int]]:
    """Stamp until nothing is left; returns key, version, partition and number in stamping order."""
    found = []
    while True:
        stamped, _ = await stamp_batch(connection, partitions=PARTITIONS, limit=100)
        if not stamped:
            return found
        found += [(item.fact.key, item.fact.agg_version, item.part, item.pseq) for item in stamped]


async def test_an_event_that_commits_late_is_not_lost(harness: Harness, relay_connection: Connection) -> None:
    async with harness.app.transaction() as slow:
        await append(slow, harness.event(thing="slow", version=1))
        await harness.say("fast")
        assert [row[0] for row in await stamp_all(relay_connection)] == ["fast"]
    assert [row[0] for row in await stamp_all(relay_connection)] == ["slow"]


async def test_eight_writers_lose_nothing_and_keep_the_order_of_each_aggregate(
    harness: Harness, relay_connection: Connection
) -> None:
    """Writers raise the aggregate's version under its row lock, as every use case does, and some roll back."""
    await create_things(harness, count=5)
    said: list[tuple[str, int]] = []
    stamped: list[tuple[str, int, int, int]] = []
    writers = asyncio.gather(*(write(harness, said, seed) for seed in range(8)))
    while not writers.done():
        stamped += await stamp_all(relay_connection)
        await asyncio.sleep(0.005)
    await writers
    stamped += await stamp_all(relay_connection)
    assert sorted((key, version) for key, version, *_ in stamped) == sorted(said)
    for key in {row[0] for row in stamped}:
        versions = [version for other, version, *_ in stamped if other == key]
        assert versions == sorted(versions)
    for part in range(PARTITIONS):
        numbers = [number for *_, other, number in stamped if other == part]
        assert numbers == list(range(1, len(numbers) + 1))


async def create_things(harness: Harness, *, count: int) -> None:
    with psycopg.connect(harness.urls.owner_url) as owner:
        owner.execute("CREATE TABLE things (key text PRIMARY KEY, version int NOT NULL)")
        owner.execute("GRANT ALL ON things TO tidu_app")
        for number in range(count):
            owner.execute("INSERT INTO things VALUES (%s, 0)", (f"thing{number}",))


async def write(harness: Harness, said: list[tuple[str, int]], seed: int) -> None:
    chance = random.Random(seed)
    raise_version = sa.text("UPDATE things SET version = version + 1 WHERE key = :key RETURNING version")
    for _ in range(40):
        key, fails = f"thing{chance.randrange(5)}", chance.random() < 0.1
        async with harness.app.transaction() as session:
            await asyncio.sleep(chance.random() * 0.005)
            version = await session.scalar(raise_version, {"key": key})
            await append(session, harness.event(thing=key, version=version))
            await asyncio.sleep(chance.random() * 0.005)
            if fails:
                await session.rollback()
        if not fails:
            said.append((key, version))


async def test_a_second_relay_waits_for_the_first_and_never_stamps_the_same_event(
    harness: Harness, relay_connection: Connection
) -> None:
    await harness.say(*(f"k{n}" for n in range(400)))
    async with await psycopg.AsyncConnection.connect(harness.urls.worker_url, autocommit=True) as other:
        both = await asyncio.gather(stamp_all(relay_connection), stamp_all(other))
    numbers = sorted((part, number) for found in both for *_, part, number in found)
    assert len(numbers) == len(set(numbers)) == 400


async def test_an_identity_drawn_in_blocks_is_refused(harness: Harness, relay_connection: Connection) -> None:
    await check_identity_cache(relay_connection)
    with psycopg.connect(harness.urls.owner_url) as owner:
        owner.execute("ALTER TABLE outbox ALTER COLUMN id SET CACHE 20")
    with pytest.raises(StampRefused, match="CACHE 1"):
        await check_identity_cache(relay_connection)


async def test_a_version_stamped_after_a_later_one_stops_the_relay(
    harness: Harness, relay_connection: Connection
) -> None:
    async with harness.app.transaction() as session:
        await append(session, harness.event(thing="a", version=2))
    await stamp_all(relay_connection)
    async with harness.app.transaction() as session:
        await append(session, harness.event(thing="a", version=1))
    with pytest.raises(StampRefused, match="later version"):
        await stamp_all(relay_connection)


async def test_the_number_of_partitions_is_fixed_for_life(harness: Harness, relay_connection: Connection) -> None:
    await ensure_heads(relay_connection, [harness.topic], PARTITIONS)
    with pytest.raises(StampRefused, match="for life"):
        await ensure_heads(relay_connection, [harness.topic], PARTITIONS + 1)


async def test_stamped_events_are_read_back_as_they_were_stamped(
    harness: Harness, relay_connection: Connection
) -> None:
    await harness.say(*"abcabcabc", note="字")
    stamped, _ = await stamp_batch(relay_connection, partitions=PARTITIONS, limit=100)
    part = partition_of("a", PARTITIONS)
    expected = [item for item in stamped if item.part == part]
    assert await read_stamped(relay_connection, (harness.topic, part), after=0, limit=100) == expected
    async with harness.app.transaction() as session:
        page = await read_page(session, topic=harness.topic, part=part, from_pseq=2)
    assert page == expected[1:]


async def test_a_mark_does_not_undo_a_replay_that_was_asked_for_meanwhile(
    harness: Harness, relay_connection: Connection
) -> None:
    await harness.say(*["a"] * 10)
    await stamp_all(relay_connection)
    stream = (harness.topic, partition_of("a", PARTITIONS))
    await mark_sent(relay_connection, {stream: (0, 8)})
    async with harness.app.transaction() as session:
        await request_replay(session, topic=stream[0], part=stream[1], from_pseq=4)
        assert session.info["announced"]
    await mark_sent(relay_connection, {stream: (8, 10)})
    async with harness.app.transaction() as session:
        sent = {head.part: head.sent for head in await list_heads(session)}
    assert sent[stream[1]] == 3


async def test_a_replay_of_a_partition_of_somebody_else_is_not_found(harness: Harness) -> None:
    with pytest.raises(NotFound):
        async with harness.app.transaction() as session:
            await request_replay(session, topic="tidu-other", part=0, from_pseq=1)


async def test_the_backlog_counts_what_no_relay_has_stamped(harness: Harness, relay_connection: Connection) -> None:
    await harness.say(*"abc")
    async with harness.app.transaction() as session:
        backlog = await list_backlog(session)
    assert [(entry.topic, entry.count) for entry in backlog] == [(harness.topic, 3)]
    await stamp_all(relay_connection)
    async with harness.app.transaction() as session:
        assert await list_backlog(session) == []


async def test_only_one_relay_leads_and_a_silent_leader_is_unseated(
    harness: Harness, relay_connection: Connection
) -> None:
    async with await psycopg.AsyncConnection.connect(harness.urls.worker_url, autocommit=True) as paused:
        assert await lead(paused)
        assert not await lead(relay_connection)
        assert not await unseat_silent_leader(relay_connection)
        await paused.execute(
            "INSERT INTO relay_heartbeat VALUES (1, pg_backend_pid(), clock_timestamp() - interval '16 seconds')"
        )
        assert await unseat_silent_leader(relay_connection)
        with pytest.raises(psycopg.OperationalError):
            await paused.execute("SELECT 1")
    for _ in range(100):
        if await lead(relay_connection):
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the lock of the unseated leader was not released")
