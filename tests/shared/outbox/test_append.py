"""Appending: in the caller's transaction, in order, on behalf of whoever caused it, and never too large."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError, ProgrammingError

from shared.kernel.roles import Principal
from shared.outbox import MAX_PAYLOAD_BYTES, EventTooLarge, append, append_all
from shared.telemetry.context import correlated
from tests.shared.harness import Harness

CLERK = Principal("caseworker-530900", "p1", "张三", frozenset())


async def test_an_appended_event_names_its_actor_and_its_cause(harness: Harness) -> None:
    correlation, causation = uuid4(), uuid4()
    with correlated(correlation, causation=causation):
        async with harness.app.transaction(CLERK) as session:
            event_id = await append(session, harness.event(thing="甲", version=1, note="数字化"))
    row = (await harness.rows("SELECT * FROM outbox"))[0]._mapping
    assert row["event_id"] == event_id
    assert (row["topic"], row["key"], row["agg_type"], row["agg_id"], row["agg_version"]) == (
        harness.topic,
        "甲",
        "thing",
        "甲",
        1,
    )
    assert (row["actor"], row["correlation_id"], row["causation_id"]) == (CLERK.subject, correlation, causation)
    assert row["payload"] == {"version": 1, "thing": "甲", "note": "数字化"}


async def test_events_of_one_call_keep_their_order(harness: Harness) -> None:
    async with harness.app.transaction() as session:
        ids = await append_all(session, [harness.event(thing=f"t{n}", version=1) for n in range(300)])
    rows = await harness.rows("SELECT event_id, key FROM outbox ORDER BY id")
    assert [(row.event_id, row.key) for row in rows] == [(ids[n], f"t{n}") for n in range(300)]


async def test_no_event_is_nothing_to_append(harness: Harness) -> None:
    async with harness.app.transaction() as session:
        assert await append_all(session, []) == []
        assert "announced" not in session.info


async def test_an_event_of_a_transaction_that_is_undone_was_never_said(harness: Harness) -> None:
    with pytest.raises(RuntimeError):
        async with harness.app.transaction() as session:
            await append(session, harness.event(thing="a", version=1))
            raise RuntimeError
    assert await harness.scalar("SELECT count(*) FROM outbox") == 0


async def test_an_event_of_64_kib_is_taken(harness: Harness) -> None:
    bare = len(harness.event(thing="a", version=1).model_dump_json())
    async with harness.app.transaction() as session:
        await append(session, harness.event(thing="a", version=1, note="x" * (MAX_PAYLOAD_BYTES - bare)))
    assert await harness.scalar("SELECT octet_length(payload::text) FROM outbox") == MAX_PAYLOAD_BYTES


async def test_a_larger_event_is_refused_before_it_reaches_the_database(harness: Harness) -> None:
    with pytest.raises(EventTooLarge) as refused:
        async with harness.app.transaction() as session:
            await append(session, harness.event(thing="a", version=1, note="企" * (MAX_PAYLOAD_BYTES // 3)))
    assert refused.value.status == 422
    assert await harness.scalar("SELECT count(*) FROM outbox") == 0


async def test_the_same_version_of_an_aggregate_cannot_be_said_twice(harness: Harness) -> None:
    await harness.say("a")
    harness.versions["a"] = 0
    with pytest.raises(IntegrityError):
        await harness.say("a")


async def test_the_api_role_cannot_alter_what_was_said(harness: Harness) -> None:
    await harness.say("a")
    for statement in ("UPDATE outbox SET payload = '{}'", "DELETE FROM outbox", "UPDATE stream_head SET head = ''"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with harness.app.transaction() as session:
                await (await session.connection()).exec_driver_sql(statement)
