"""Parked events: listed, retried in their order, skipped with a reason, and the key flows again afterwards."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.base import EventMeta
from shared.inbox.batch import Care, Position, take_batch
from shared.inbox.dispatch import Stream
from shared.inbox.parking import Retried, count_parked, list_parked, retry_parked, skip_parked
from shared.inbox.routing import Router
from shared.kernel.errors import Invalid, NotFound
from tests.shared.harness import Harness, ProbeEvent, write_effect
from tests.shared.inbox.stream import arrivals


class Clinic:
    """A consumer whose handler fails for chosen versions of a thing until they are healed."""

    def __init__(self, harness: Harness) -> None:
        self.harness = harness
        self.bad: set[tuple[str, int]] = set()
        self.router = Router({harness.event: self.handle})

    async def handle(self, session: AsyncSession, event: ProbeEvent, meta: EventMeta) -> None:
        if (event.thing, event.version) in self.bad:
            raise ValueError
        await write_effect(session, event, meta)

    async def hear(self, keys: str) -> None:
        async with self.harness.worker.transaction() as session:
            await take_batch(
                session, self.router, Stream(self.harness.topic, 0), arrivals(keys), Position("log"), Care.GUARDED
            )

    async def retry(self, key: str) -> Retried:
        async with self.harness.worker.transaction() as session:
            return await retry_parked(session, self.router, topic=self.harness.topic, key=key)

    async def versions(self, key: str) -> list[int]:
        rows = await self.harness.rows("SELECT version FROM effects WHERE key = :key ORDER BY id", key=key)
        return [row.version for row in rows]


@pytest.fixture
async def clinic(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    """Three events of a, of which the first fails, and one of b."""
    monkeypatch.setattr("shared.inbox.dispatch.PAUSES_SECONDS", (0.0, 0.0))
    made = Clinic(harness)
    made.bad = {("a", 1)}
    await made.hear("abaa")
    return made


async def test_parked_events_are_listed_with_what_failed(clinic: Clinic) -> None:
    async with clinic.harness.worker.transaction() as session:
        listed = await list_parked(session)
        assert await count_parked(session) == 3
    assert [(event.key, event.pseq, event.attempts) for event in listed] == [("a", 1, 2), ("a", 3, 0), ("a", 4, 0)]
    assert listed[0].error is not None
    assert listed[0].error.startswith("ValueError at tests/shared/inbox/test_parking.py:")
    assert listed[1].error is None


async def test_a_retry_applies_all_events_of_the_key_in_order_and_lets_it_flow_again(clinic: Clinic) -> None:
    clinic.bad = set()
    assert await clinic.retry("a") == Retried(3, 0, None)
    assert await clinic.versions("a") == [1, 2, 3]
    assert await clinic.harness.scalar("SELECT count(*) FROM parked_key") == 0
    states = await clinic.harness.rows("SELECT state, error FROM inbox_event")
    assert {tuple(row) for row in states} == {("applied", None)}


async def test_a_retry_stops_at_the_event_that_still_fails(clinic: Clinic) -> None:
    clinic.bad = {("a", 2)}
    came_to = await clinic.retry("a")
    assert (came_to.applied_count, came_to.left_count) == (1, 2)
    assert came_to.error is not None
    assert await clinic.versions("a") == [1]
    assert await clinic.harness.scalar("SELECT count(*) FROM parked_key") == 1
    async with clinic.harness.worker.transaction() as session:
        assert [(event.pseq, event.attempts) for event in await list_parked(session)] == [(3, 2), (4, 0)]


async def test_a_retry_of_a_key_that_is_not_parked_is_not_found(clinic: Clinic) -> None:
    with pytest.raises(NotFound):
        await clinic.retry("b")


async def test_a_skipped_event_stays_marked_with_reason_and_the_others_of_its_key_can_be_retried(
    clinic: Clinic,
) -> None:
    async with clinic.harness.worker.transaction() as session:
        first = (await list_parked(session))[0]
        await skip_parked(session, event_id=first.event_id, reason="重复登记", actor="admin")
    assert await clinic.retry("a") == Retried(2, 0, None)
    assert await clinic.versions("a") == [2, 3]
    row = (await clinic.harness.rows("SELECT skip_reason, skipped_by FROM parked_event"))[0]
    assert tuple(row) == ("重复登记", "admin")
    audited = await clinic.harness.rows("SELECT action, aggregate_id, reason FROM audit_entries")
    assert [tuple(row) for row in audited] == [("inbox.skip_parked", str(first.event_id), "重复登记")]


async def test_skipping_the_last_parked_event_lets_the_key_flow_again(harness: Harness) -> None:
    clinic = Clinic(harness)
    clinic.bad = {("a", 1)}
    await clinic.hear("a")
    async with harness.worker.transaction() as session:
        (only,) = await list_parked(session)
        await skip_parked(session, event_id=only.event_id, reason="作废", actor="admin")
        assert await list_parked(session) == []
    assert await harness.scalar("SELECT count(*) FROM parked_key") == 0


async def test_skipping_needs_a_reason_and_a_parked_event(clinic: Clinic) -> None:
    async with clinic.harness.worker.transaction() as session:
        first = (await list_parked(session))[0]
        with pytest.raises(Invalid):
            await skip_parked(session, event_id=first.event_id, reason=" ", actor="admin")
        with pytest.raises(NotFound):
            await skip_parked(session, event_id=uuid4(), reason="作废", actor="admin")
