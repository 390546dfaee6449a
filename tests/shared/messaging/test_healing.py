"""Records that are lost, repeated, shuffled or not ours: the stream heals, or stops where healing would be a lie."""

from __future__ import annotations

import random
from types import SimpleNamespace

import psycopg

from shared.outbox.stamper import stamp_batch
from tests.shared.harness import Harness, eventually
from tests.shared.messaging.broker_tools import read_records, write_records

KEYS = [f"k{number}" for number in range(20)]


async def publish(harness: Harness, *keys: str) -> None:
    """Say events and wait until the broker has them."""
    await harness.say(*keys)
    async with harness.relaying():
        await harness.published()


async def test_repeated_and_shuffled_records_change_nothing(harness: Harness) -> None:
    await publish(harness, *KEYS, *KEYS)
    records = await read_records(harness.config.bootstrap, harness.topic, count=40)
    shuffled = records * 2
    random.Random(7).shuffle(shuffled)
    await write_records(harness.config.bootstrap, harness.topic, shuffled)
    async with harness.relaying(), harness.consuming():
        await harness.settled()
        await harness.say(*KEYS)
        await write_records(harness.config.bootstrap, harness.topic, shuffled)
        await harness.settled()
    await harness.check_effects()


async def test_records_of_strangers_are_stepped_over(harness: Harness) -> None:
    garbage = [
        SimpleNamespace(partition=part, key=b"k", value=b"\xff\x00", headers=headers)
        for part in range(4)
        for headers in (
            [],
            [("ce_type", b"x")],
            [("ce_type", b"\xff"), ("ce_pseq", b"1")],
            [("ce_type", b"probe.happened.v1"), ("ce_id", b"1"), ("ce_prevhash", b"zz")],
        )
    ]
    await publish(harness, *KEYS)
    await write_records(harness.config.bootstrap, harness.topic, garbage)
    async with harness.relaying(), harness.consuming():
        await harness.say(*KEYS)
        await harness.settled()
    await harness.check_effects()


async def test_impossible_numbers_in_headers_are_stepped_over(harness: Harness) -> None:
    await publish(harness, *KEYS)
    (record, *_) = await read_records(harness.config.bootstrap, harness.topic, count=20)
    rogues = []
    for name, value in (
        ("ce_pseq", b"%d" % 10**30),
        ("ce_pseq", b"-5"),
        ("ce_epoch", b"%d" % 10**12),
        ("ce_aggversion", b"%d" % 10**12),
        ("ce_prevhash", b"00"),
        ("ce_type", b"a\x00b"),
    ):
        headers = [(n, value if n == name else v) for n, v in record.headers]
        rogues.append(SimpleNamespace(partition=record.partition, key=record.key, value=record.value, headers=headers))
    await write_records(harness.config.bootstrap, harness.topic, rogues)
    async with harness.relaying(), harness.consuming():
        await harness.say(*KEYS)
        await harness.settled()
    await harness.check_effects()


async def test_a_record_far_ahead_that_no_producer_sent_does_not_hold_up_the_stream(harness: Harness) -> None:
    await publish(harness, *KEYS)
    records = await read_records(harness.config.bootstrap, harness.topic, count=20)
    last = records[-1]
    headers = [(name, b"999" if name == "ce_pseq" else value) for name, value in last.headers]
    rogue = SimpleNamespace(partition=last.partition, key=last.key, value=last.value, headers=headers)
    await write_records(harness.config.bootstrap, harness.topic, [rogue])
    async with harness.relaying(), harness.consuming():
        await harness.settled()
        await harness.say(*KEYS)
        await harness.settled()
    await harness.check_effects()


async def test_a_gap_in_the_middle_is_asked_for_and_heals(harness: Harness) -> None:
    async with harness.consuming():
        await publish(harness, *KEYS)
        await harness.settled()
        await harness.say(*KEYS)
        await lose_what_was_said(harness)
        async with harness.relaying():
            await harness.say(*KEYS)
            await harness.settled()
    await harness.check_effects()
    assert harness.replays


async def test_a_lost_tail_is_noticed_by_the_beacon(harness: Harness) -> None:
    async with harness.consuming():
        await publish(harness, *KEYS)
        await harness.settled()
        await harness.say(*KEYS)
        await lose_what_was_said(harness)
        async with harness.relaying():
            await harness.settled()
    await harness.check_effects()
    assert harness.replays


async def test_a_new_epoch_stops_the_stream_with_an_alarm(harness: Harness) -> None:
    async with harness.consuming():
        await publish(harness, *KEYS)
        await harness.settled()
        await harness.execute("UPDATE stream_head SET epoch = epoch + 1")
        async with harness.relaying():
            await harness.say(*KEYS)
            await all_stopped(harness, "epoch")
    assert await harness.scalar("SELECT count(*) FROM effects") == 20


async def test_a_producer_whose_history_was_rewritten_stops_the_stream(harness: Harness) -> None:
    """The producer's database was restored to an earlier moment and said other things since."""
    async with harness.consuming():
        await publish(harness, *KEYS)
        await harness.settled()
        await rewrite_history(harness)
        async with harness.relaying():
            await harness.say(*[f"other{number}" for number in range(60)])
            await all_stopped(harness, "history")
    assert await harness.scalar("SELECT count(*) FROM effects") == 20


async def test_other_partitions_go_on_while_one_is_stopped_and_it_can_be_accepted_again(harness: Harness) -> None:
    async with harness.consuming():
        await publish(harness, *KEYS)
        await harness.settled()
        await harness.execute("UPDATE stream_head SET epoch = 2 WHERE part = 0")
        async with harness.relaying():
            await harness.say(*KEYS)

            async def is_stopped() -> bool:
                rows = await harness.rows(
                    "SELECT stopped_reason IS NOT NULL, mark.pseq = stamped FROM inbox_head AS mark"
                    " JOIN stream_head USING (topic, part) ORDER BY part"
                )
                return [tuple(row) for row in rows] == [(True, False), (False, True), (False, True), (False, True)]

            await eventually(is_stopped, harness.describe)
            await harness.execute("UPDATE inbox_head SET epoch = 2, stopped_reason = NULL, stopped_at = NULL")
            await harness.execute("UPDATE inbox_head SET epoch = 1 WHERE part > 0")
            await harness.settled()
    await harness.check_effects()


async def lose_what_was_said(harness: Harness) -> None:
    """Stamp what was said and let the relay believe that it was sent, as if the broker had lost it."""
    async with await psycopg.AsyncConnection.connect(harness.urls.worker_url, autocommit=True) as connection:
        await stamp_batch(connection, partitions=harness.config.partitions, limit=1000)
    await harness.execute("UPDATE stream_head SET sent = stamped")


async def rewrite_history(harness: Harness) -> None:
    """Forget the newest events of each partition on the producer's side."""
    async with await psycopg.AsyncConnection.connect(harness.urls.owner_url, autocommit=True) as owner:
        await owner.execute(
            "DELETE FROM outbox USING stream_head AS head WHERE outbox.topic = head.topic AND outbox.part = head.part"
            " AND outbox.pseq > head.stamped - 2"
        )
        await owner.execute(
            "UPDATE stream_head AS head SET stamped = last.pseq, sent = last.pseq, head = last.hash FROM"
            " (SELECT DISTINCT ON (topic, part) topic, part, pseq, hash FROM outbox ORDER BY topic, part, pseq DESC)"
            " AS last WHERE last.topic = head.topic AND last.part = head.part"
        )


async def all_stopped(harness: Harness, word: str) -> None:
    async def is_so() -> bool:
        reasons = [row[0] for row in await harness.rows("SELECT stopped_reason FROM inbox_head")]
        return len(reasons) == 4 and all(reason and word in reason for reason in reasons)

    await eventually(is_so, harness.describe)
