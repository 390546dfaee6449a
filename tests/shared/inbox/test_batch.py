"""Batches on PostgreSQL: effects, inbox rows and watermark in one transaction, whatever fails."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.base import EventMeta
from shared.inbox import batch
from shared.inbox.batch import Care, FuseBlown, Position, Taken, take_batch
from shared.inbox.dispatch import Stream
from shared.inbox.heads import accept_stream, list_lag
from shared.inbox.records import Record
from shared.inbox.routing import Handler, Router
from shared.inbox.watermark import DIVERGED
from shared.kernel.errors import NotFound
from shared.telemetry.context import causation_id
from tests.shared.harness import Harness, ProbeEvent, write_effect
from tests.shared.inbox.stream import arrivals, at_offsets, beacon


class Inbox:
    """One partition of the harness's topic and what its batches come to."""

    def __init__(self, harness: Harness, handler: Handler = write_effect) -> None:
        self.harness = harness
        self.stream = Stream(harness.topic, 0)
        self.router = Router({harness.event: handler})
        self.position = Position("cluster/topic")

    async def take(self, records: Sequence[Record], care: Care = Care.GUARDED) -> Taken:
        async with self.harness.worker.transaction() as session:
            taken = await take_batch(session, self.router, self.stream, records, self.position, care)
        self.position = taken.position
        return taken

    async def effects(self) -> list[tuple[str, int]]:
        return [tuple(row) for row in await self.harness.rows("SELECT key, version FROM effects ORDER BY id")]

    async def states(self) -> list[tuple[int, str]]:
        return [tuple(row) for row in await self.harness.rows("SELECT pseq, state FROM inbox_event ORDER BY pseq")]


async def fail_for_poison(session: AsyncSession, event: ProbeEvent, meta: EventMeta) -> None:
    """Write the effect, then fail for the thing called poison: its effect has to be undone."""
    await write_effect(session, event, meta)
    if event.thing == "poison":
        raise ValueError("this event is bad")


@pytest.mark.parametrize("care", list(Care))
async def test_a_batch_has_its_effects_and_moves_the_watermark(harness: Harness, care: Care) -> None:
    inbox, events = Inbox(harness), arrivals("abca")
    await inbox.take(events, care)
    assert await inbox.effects() == [("a", 1), ("b", 1), ("c", 1), ("a", 2)]
    assert await inbox.states() == [(n, "applied") for n in range(1, 5)]
    async with harness.worker.transaction() as session:
        (lag,) = await list_lag(session)
    assert (lag.epoch, lag.pseq, lag.seen_pseq, lag.next_offset, lag.log_id, lag.lag) == (
        1,
        4,
        4,
        4,
        "cluster/topic",
        0,
    )


async def test_a_repeated_batch_has_no_second_effect(harness: Harness) -> None:
    inbox, events = Inbox(harness), arrivals("abc")
    await inbox.take(events)
    await inbox.take(at_offsets(events, start=3))
    assert len(await inbox.effects()) == 3


async def test_a_handler_knows_the_cause_and_the_place_of_its_event(harness: Harness) -> None:
    known: list[tuple[object, ...]] = []

    async def remember(session: AsyncSession, event: ProbeEvent, meta: EventMeta) -> None:
        known.append((causation_id(), meta.event_id, meta.pseq, meta.agg_id, meta.actor))

    events = arrivals("a")
    await Inbox(harness, remember).take(events)
    assert known == [(events[0].event_id, events[0].event_id, 1, "a", "caseworker-530900")]


async def test_an_optimistic_batch_that_fails_leaves_nothing_behind(harness: Harness) -> None:
    inbox = Inbox(harness, fail_for_poison)
    with pytest.raises(ValueError, match="bad"):
        await inbox.take(arrivals(["a", "poison"]), Care.OPTIMISTIC)
    assert (await inbox.effects(), await inbox.states()) == ([], [])


async def test_a_bad_event_is_parked_with_the_later_ones_of_its_key_while_others_flow(harness: Harness) -> None:
    inbox = Inbox(harness, fail_for_poison)
    await inbox.take(arrivals(["a", "poison", "b", "poison", "a"]))
    assert await inbox.effects() == [("a", 1), ("b", 1), ("a", 2)]
    assert await inbox.states() == [(1, "applied"), (2, "parked"), (3, "applied"), (4, "parked"), (5, "applied")]
    rows = await harness.rows("SELECT pseq, error IS NOT NULL, attempts FROM parked_event ORDER BY pseq")
    assert [tuple(row) for row in rows] == [(2, True, 5), (4, False, 0)]


async def test_an_event_whose_key_is_parked_waits_in_later_batches_too(harness: Harness) -> None:
    inbox, events = Inbox(harness, fail_for_poison), arrivals(["poison", "a", "poison"])
    await inbox.take(events[:2])
    await inbox.take(events[2:], Care.OPTIMISTIC)
    assert await inbox.states() == [(1, "parked"), (2, "applied"), (3, "parked")]


async def test_a_constraint_that_is_checked_at_commit_parks_only_its_event(harness: Harness) -> None:
    with_owner = "CREATE TABLE unique_things (key text, CONSTRAINT once UNIQUE (key) DEFERRABLE INITIALLY DEFERRED)"
    await run_as_owner(harness, with_owner, "GRANT ALL ON unique_things TO tidu_worker")

    async def insert(session: AsyncSession, event: ProbeEvent, meta: EventMeta) -> None:
        key = "same" if event.thing in ("first", "second") else event.thing
        await session.execute(sa.text("INSERT INTO unique_things VALUES (:key)"), {"key": key})

    inbox = Inbox(harness, insert)
    await inbox.take(arrivals(["first", "second", "third"]))
    assert await inbox.states() == [(1, "applied"), (2, "parked"), (3, "applied")]
    assert "23505, once" in await harness.scalar("SELECT error FROM parked_event")


async def test_a_body_that_does_not_fit_its_class_is_parked(harness: Harness) -> None:
    inbox, (event,) = Inbox(harness), arrivals("a")
    await inbox.take([event._replace(body=b'{"version": "x"}')])
    assert await inbox.states() == [(1, "parked")]
    assert "version: int_parsing" in await harness.scalar("SELECT error FROM parked_event")


async def test_an_event_for_others_only_moves_the_watermark(harness: Harness) -> None:
    inbox = Inbox(harness)
    await inbox.take(arrivals("ab", event_type="probe.vanished.v1"))
    assert (await inbox.effects(), await inbox.states()) == ([], [(1, "ignored"), (2, "ignored")])


async def test_a_newer_major_version_is_parked(harness: Harness) -> None:
    inbox = Inbox(harness)
    await inbox.take(arrivals("a", event_type="probe.happened.v2"))
    assert await inbox.states() == [(1, "parked")]
    assert "newer major version" in await harness.scalar("SELECT error FROM parked_event")


async def test_an_event_id_that_was_applied_elsewhere_has_no_second_effect(harness: Harness) -> None:
    """The belt behind the watermark: the same event under another number, as after a wrong repair."""
    inbox, events = Inbox(harness), arrivals("ab")
    await inbox.take(events[:1])
    await inbox.take([events[1]._replace(event_id=events[0].event_id)])
    assert len(await inbox.effects()) == 1
    assert await harness.scalar("SELECT pseq FROM inbox_head") == 2


async def test_a_known_number_with_another_id_stops_the_stream(harness: Harness) -> None:
    """What a producer restored from a backup says: the same numbers for other events."""
    inbox, history = Inbox(harness), arrivals("abcd")
    await inbox.take(history)
    rewritten = arrivals("abxyz")
    taken = await inbox.take(at_offsets(rewritten, start=4))
    assert taken.plan.stop_reason == DIVERGED
    assert len(await inbox.effects()) == 4
    assert (await inbox.take(at_offsets(rewritten, start=4))).plan.stop_reason == DIVERGED


async def test_a_broken_chain_stops_the_stream_until_somebody_accepts_it(harness: Harness) -> None:
    inbox, events = Inbox(harness), arrivals("abc")
    await inbox.take(events[:2])
    other = arrivals("z", start=3, head=b"\1" * 32)
    assert (await inbox.take(other)).plan.stop_reason
    assert await harness.scalar("SELECT stopped_reason FROM inbox_head")
    assert not (await inbox.take(events[2:])).outcomes
    async with harness.worker.transaction() as session:
        await accept_stream(session, topic=harness.topic, part=0, epoch=1, pseq=2, head=b"\1" * 32)
    await inbox.take(other)
    assert await inbox.effects() == [("a", 1), ("b", 1), ("z", 1)]
    assert await harness.scalar("SELECT action FROM audit_entries") == "inbox.accept_stream"


async def test_only_a_stopped_stream_can_be_accepted(harness: Harness) -> None:
    await Inbox(harness).take(arrivals("a"))
    with pytest.raises(NotFound):
        async with harness.worker.transaction() as session:
            await accept_stream(session, topic=harness.topic, part=0, epoch=1, pseq=1, head=b"")


async def test_a_new_epoch_stops_the_stream(harness: Harness) -> None:
    inbox, events = Inbox(harness), arrivals("ab")
    await inbox.take(events)
    taken = await inbox.take(arrivals("c", start=3, epoch=2, head=events[-1].hash))
    assert taken.plan.stop_reason is not None
    assert "epoch" in taken.plan.stop_reason


async def test_the_lag_is_known_from_a_beacon_alone(harness: Harness) -> None:
    inbox, events = Inbox(harness), arrivals("abcdef")
    await inbox.take([*events[:2], beacon(6, events[5].hash, offset=2)])
    async with harness.worker.transaction() as session:
        (lag,) = await list_lag(session, [harness.topic])
    assert (lag.pseq, lag.seen_pseq, lag.lag) == (2, 6, 4)


async def test_an_idle_beacon_writes_nothing(harness: Harness) -> None:
    inbox, events = Inbox(harness), arrivals("ab")
    await inbox.take(events)
    before = await harness.scalar("SELECT xmin::text FROM inbox_head")
    await inbox.take([beacon(2, events[1].hash, offset=2)])
    assert await harness.scalar("SELECT xmin::text FROM inbox_head") == before


async def test_too_many_bad_keys_in_a_row_blow_the_fuse(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "PARKED_IN_A_ROW", 3)
    monkeypatch.setattr("shared.inbox.dispatch.PAUSES_SECONDS", (0.0,))

    async def fail(session: AsyncSession, event: ProbeEvent, meta: EventMeta) -> None:
        raise ValueError

    inbox, events = Inbox(harness, fail), arrivals("abcd")
    await inbox.take(events[:2])
    with pytest.raises(FuseBlown):
        await inbox.take(events[2:])
    assert await inbox.states() == [(1, "parked"), (2, "parked")]


async def test_something_applied_between_keeps_the_fuse_whole(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "PARKED_IN_A_ROW", 2)

    async def fail_for_p(session: AsyncSession, event: ProbeEvent, meta: EventMeta) -> None:
        if event.thing.startswith("p"):
            raise ValueError

    inbox = Inbox(harness, fail_for_p)
    await inbox.take(arrivals(["p1", "a", "p2", "a", "p3"]))
    assert [state for _, state in await inbox.states()].count("parked") == 3


async def run_as_owner(harness: Harness, *statements: str) -> None:
    import psycopg

    async with await psycopg.AsyncConnection.connect(harness.urls.owner_url, autocommit=True) as owner:
        for statement in statements:
            await owner.execute(statement)
