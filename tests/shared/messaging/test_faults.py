"""What may happen to broker, relay and consumer, one fault a test: afterwards every effect is there exactly once."""

from __future__ import annotations

import asyncio

import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from deploy.local.broker import EmbeddedBroker
from deploy.local.kafka import ApacheKafka
from shared.events.base import EventMeta
from shared.messaging.failpoints import Failpoints
from tests.shared.harness import Harness, ProbeEvent, write_effect
from tests.shared.messaging.broker_tools import delete_topic

KEYS = [f"k{number}" for number in range(20)]


class Crash(BaseException):
    """Stands for kill -9 inside one process: no handler of ordinary errors sees it."""


class CrashAt(Failpoints):
    """Crashes at a named point, a limited number of times."""

    def __init__(self, name: str, times: int = 1) -> None:
        super().__init__()
        self.name, self.times = name, times

    def hit(self, name: str) -> None:
        if name == self.name and self.times:
            self.times -= 1
            raise Crash(name)


def wipe(broker: EmbeddedBroker | ApacheKafka) -> None:
    """Make the broker lose everything, as a restart of the embedded one does by itself."""
    broker.kill()
    if isinstance(broker, ApacheKafka):
        broker.wipe()
    broker.start()


@pytest.mark.parametrize("point", ["relay_stamped", "relay_published"])
async def test_a_relay_that_crashes_loses_nothing_and_doubles_no_effect(harness: Harness, point: str) -> None:
    await harness.say(*KEYS)
    async with harness.consuming():
        with pytest.raises(Crash):
            async with harness.relaying(failpoints=CrashAt(point)):
                await asyncio.sleep(60)
        async with harness.relaying():
            await harness.say(*KEYS)
            await harness.settled()
    await harness.check_effects()


@pytest.mark.parametrize("point", ["consumer_applied", "before_offset_commit"])
async def test_a_consumer_that_crashes_mid_batch_has_each_effect_once(harness: Harness, point: str) -> None:
    await harness.say(*KEYS)
    async with harness.relaying():
        with pytest.raises(Crash):
            async with harness.consuming(failpoints=CrashAt(point)):
                await asyncio.sleep(60)
        async with harness.consuming():
            await harness.say(*KEYS)
            await harness.settled()
    await harness.check_effects()


async def test_two_relays_at_once_double_and_reorder_nothing(harness: Harness) -> None:
    async with harness.consuming(), harness.relaying(), harness.relaying():
        for _ in range(10):
            await harness.say(*KEYS)
        await harness.settled()
    await harness.check_effects()


async def test_the_second_relay_takes_over_when_the_first_loses_its_database_session(harness: Harness) -> None:
    async with harness.consuming(), harness.relaying(), harness.relaying():
        for _ in range(3):
            await harness.say(*KEYS)
            await harness.settled()
            await terminate_sessions(harness, "probe-relay")
            await harness.say(*KEYS)
        await harness.settled()
    await harness.check_effects()


async def test_a_broker_that_lost_everything_is_filled_again_and_effects_happen_once(
    mortal_harness: Harness, mortal_broker: EmbeddedBroker | ApacheKafka
) -> None:
    harness = mortal_harness
    async with harness.relaying(), harness.consuming():
        for _ in range(2):
            await harness.say(*KEYS)
            await harness.settled()
            await asyncio.to_thread(wipe, mortal_broker)
            await harness.say(*KEYS)
            await harness.settled()
    await harness.check_effects()


async def test_a_broker_that_is_away_for_a_while_loses_nothing(
    mortal_harness: Harness, mortal_broker: EmbeddedBroker | ApacheKafka
) -> None:
    harness = mortal_harness
    async with harness.relaying(), harness.consuming():
        await harness.say(*KEYS)
        await harness.settled()
        await asyncio.to_thread(mortal_broker.kill)
        await harness.say(*KEYS)
        await asyncio.sleep(3)
        await harness.say(*KEYS)
        await asyncio.to_thread(mortal_broker.start)
        await harness.settled()
    await harness.check_effects()


async def test_a_topic_that_was_deleted_is_made_and_filled_again(harness: Harness) -> None:
    async with harness.relaying(), harness.consuming():
        for _ in range(2):
            await harness.say(*KEYS)
            await harness.settled()
            await delete_topic(harness.config.bootstrap, harness.topic)
            await harness.say(*KEYS)
            await harness.settled()
    await harness.check_effects()


async def test_a_consumer_that_slept_through_the_loss_of_the_broker_misses_nothing(
    mortal_harness: Harness, mortal_broker: EmbeddedBroker | ApacheKafka
) -> None:
    """Its remembered position lies beyond the end of the new, shorter log."""
    harness = mortal_harness
    async with harness.relaying():
        await harness.say(*KEYS)
        await harness.published()
        for part in range(harness.config.partitions):
            await harness.request_replay(harness.topic, part, 1)
        await harness.published()
        await harness.say(*KEYS)
        async with harness.consuming():
            await harness.settled()
            await harness.remembers_offsets(at_least=3 * len(KEYS))
        await asyncio.to_thread(wipe, mortal_broker)
        await harness.say(*KEYS)
        async with harness.consuming():
            await harness.settled()
    await harness.check_effects()


async def test_sessions_ended_by_the_database_during_batches_leave_no_gap(harness: Harness) -> None:
    async def slowly(session: AsyncSession, event: ProbeEvent, meta: EventMeta) -> None:
        await asyncio.sleep(0.005)
        await write_effect(session, event, meta)

    async with harness.relaying(), harness.consuming({harness.event: slowly}):
        for _ in range(15):
            await harness.say(*KEYS)
            await asyncio.sleep(0.1)
            await terminate_sessions(harness, "probe-consumer")
        await harness.settled()
    await harness.check_effects()


async def test_deadlocks_and_lost_connections_are_retried_until_they_pass_and_nothing_is_parked(
    harness: Harness,
) -> None:
    failures = iter(
        [psycopg.errors.DeadlockDetected(), psycopg.OperationalError(), psycopg.errors.SerializationFailure()]
    )

    async def troubled(session: AsyncSession, event: ProbeEvent, meta: EventMeta) -> None:
        for failure in failures:
            raise failure
        await write_effect(session, event, meta)

    async with harness.relaying(), harness.consuming({harness.event: troubled}):
        await harness.say(*KEYS)
        await harness.settled()
    await harness.check_effects()
    assert await harness.scalar("SELECT count(*) FROM parked_event") == 0


async def test_a_bad_event_parks_its_key_while_other_keys_flow(harness: Harness) -> None:
    async def fail_for_k3(session: AsyncSession, event: ProbeEvent, meta: EventMeta) -> None:
        if event.thing == "k3":
            raise ValueError
        await write_effect(session, event, meta)

    async with harness.relaying(), harness.consuming({harness.event: fail_for_k3}):
        for _ in range(3):
            await harness.say(*KEYS)
        await harness.settled()
    assert await harness.scalar("SELECT count(*) FROM parked_event WHERE key = 'k3'") == 3
    del harness.versions["k3"]
    await harness.check_effects()


async def terminate_sessions(harness: Harness, application_name: str) -> None:
    """End the database sessions of one application, as an administrator or a failover would."""

    def terminate() -> None:
        with psycopg.connect(harness.urls.admin_url, autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = %s AND application_name = %s AND pid <> pg_backend_pid()",
                (harness.urls.name, application_name),
            )

    await asyncio.to_thread(terminate)
