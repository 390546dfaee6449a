"""From commit to effect on a real database and a real broker, while nothing fails."""

from __future__ import annotations

import asyncio
import random

import psycopg
import sqlalchemy as sa

from shared.inbox.heads import list_lag
from shared.messaging.codec import BEACON_TYPE
from shared.outbox import append
from shared.outbox.replay import list_heads
from tests.shared.harness import Harness, eventually
from tests.shared.messaging.broker_tools import read_records


async def test_what_was_said_has_its_effect_once_and_in_order(harness: Harness) -> None:
    async with harness.relaying(), harness.consuming():
        for _ in range(5):
            await harness.say("a", "b", "c", "d", "e")
        await harness.settled()
    await harness.check_effects()


async def test_eight_writers_at_once_keep_the_order_of_each_thing(harness: Harness) -> None:
    things = [f"thing{number}" for number in range(5)]
    async with await psycopg.AsyncConnection.connect(harness.urls.owner_url, autocommit=True) as owner:
        await owner.execute("CREATE TABLE things (key text PRIMARY KEY, version int NOT NULL)")
        await owner.execute("INSERT INTO things SELECT unnest(%s::text[]), 0", (things,))
        await owner.execute("GRANT ALL ON things TO tidu_app, tidu_worker")

    async def write(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(25):
            key = chance.choice(things)
            async with harness.app.transaction() as session:
                raised = "UPDATE things SET version = version + 1 WHERE key = :key RETURNING version"
                version = await session.scalar(sa.text(raised), {"key": key})
                await append(session, harness.event(thing=key, version=version))
                await asyncio.sleep(chance.random() * 0.01)

    async with harness.relaying(), harness.consuming():
        await asyncio.gather(*map(write, range(8)))
        await harness.settled()
    harness.versions = {row.key: row.version for row in await harness.rows("SELECT * FROM things WHERE version > 0")}
    assert sum(harness.versions.values()) == 200
    await harness.check_effects()


async def test_what_was_said_while_nobody_listened_arrives_later(harness: Harness) -> None:
    await harness.say(*"abcabc")
    async with harness.relaying():
        await harness.say(*"abc")
    async with harness.relaying(), harness.consuming():
        await harness.settled()
    await harness.check_effects()


async def test_a_worker_that_starts_again_goes_on_where_it_stopped(harness: Harness) -> None:
    for _ in range(2):
        async with harness.relaying(), harness.consuming():
            await harness.say(*"abcd")
            await harness.settled()
    await harness.check_effects()
    assert harness.replays == []


async def test_two_consumers_of_one_group_share_the_partitions_and_double_nothing(harness: Harness) -> None:
    keys = [f"k{number}" for number in range(40)]
    async with harness.relaying(), harness.consuming():
        await harness.say(*keys)
        async with harness.consuming():
            for _ in range(10):
                await harness.say(*keys)
                await asyncio.sleep(0.1)
            await harness.settled()
        await harness.say(*keys)
        await harness.settled()
    await harness.check_effects()


async def test_records_are_cloudevents_in_binary_mode_with_their_place_in_the_stream(harness: Harness) -> None:
    async with harness.relaying():
        await harness.say("企业", "企业", note="数字化")
        first, second = await read_records(harness.config.bootstrap, harness.topic, count=2)
    headers, later = dict(first.headers), dict(second.headers)
    row = (await harness.rows("SELECT * FROM outbox ORDER BY id"))[0]
    assert headers["ce_specversion"] == b"1.0"
    assert headers["content-type"] == b"application/json; charset=UTF-8"
    assert headers["ce_id"].decode() == str(row.event_id)
    assert headers["ce_type"] == b"probe.happened.v1"
    assert headers["ce_source"] == b"/probe"
    assert headers["ce_subject"].decode() == "企业" == first.key.decode()
    assert headers["ce_time"].decode() == row.occurred_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert (headers["ce_epoch"], headers["ce_pseq"], headers["ce_aggversion"]) == (b"1", b"1", b"1")
    assert (later["ce_pseq"], later["ce_prevhash"].decode()) == (b"2", bytes(row.hash).hex())
    assert first.value.decode() == '{"version":1,"thing":"企业","note":"数字化"}'


async def test_an_idle_partition_gets_a_beacon_with_its_end(harness: Harness) -> None:
    async with harness.relaying():
        await harness.say("a")
        records = await read_records(harness.config.bootstrap, harness.topic, count=5)
    beacons = [dict(record.headers) for record in records if dict(record.headers)["ce_type"] == BEACON_TYPE.encode()]
    async with harness.worker.transaction() as session:
        heads = {(head.stamped, head.head.hex()) for head in await list_heads(session)}
    assert {(int(beacon["ce_sent"]), beacon["ce_head"].decode()) for beacon in beacons} <= heads
    assert len(beacons) >= 4


async def test_lag_is_what_the_database_knows_never_what_the_broker_claims(harness: Harness) -> None:
    async with harness.relaying(), harness.consuming():
        await harness.say(*"abcdef")
        await harness.settled()

        async def is_known() -> bool:
            async with harness.worker.transaction() as session:
                return sum(lag.seen_pseq for lag in await list_lag(session)) == 6

        await eventually(is_known)
    async with harness.worker.transaction() as session:
        assert [lag.lag for lag in await list_lag(session)] == [0] * len(await list_lag(session))
