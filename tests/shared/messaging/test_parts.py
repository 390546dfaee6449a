"""The small parts around relay and consumer: beacons' pace, topics, crash points, clients of a broker that is away."""

from __future__ import annotations

import threading
from dataclasses import replace
from itertools import pairwise

import pytest

from shared.messaging import failpoints as failpoints_module
from shared.messaging.admin import BrokerAdmin
from shared.messaging.beacons import FIRST_SECONDS, LONGEST_SECONDS, BeaconSchedule
from shared.messaging.config import BrokerAway, BrokerConfig
from shared.messaging.failpoints import Failpoints
from shared.messaging.reader import RecordReader
from shared.messaging.sender import Outgoing, RecordSender
from shared.messaging.topics import TopicSpec, heard_by, load_topics, owned_by
from tests.shared.harness import Harness

STREAM = ("tidu-probe-thing", 0)
NOWHERE = BrokerConfig("127.0.0.1:9", security={"bootstrap_timeout_ms": 300})


def test_the_first_beacon_comes_after_the_shortest_pause_and_later_ones_ever_more_seldom() -> None:
    schedule, now, sent_at = BeaconSchedule(), 0.0, []
    schedule.events_sent([STREAM], now)
    while now < 300:
        if schedule.list_due([STREAM], now):
            schedule.beacons_sent([STREAM], now)
            sent_at.append(now)
        now += 1
    pauses = [later - earlier for earlier, later in pairwise(sent_at)]
    assert sent_at[0] == FIRST_SECONDS
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_SECONDS


def test_an_event_makes_the_next_beacon_come_soon_again() -> None:
    schedule = BeaconSchedule()
    schedule.list_due([STREAM], 0.0)
    schedule.beacons_sent([STREAM], 100.0)
    schedule.events_sent([STREAM], 101.0)
    assert schedule.list_due([STREAM], 101.0 + FIRST_SECONDS) == [STREAM]


def test_topics_are_read_with_who_writes_and_who_reads_them() -> None:
    topics = load_topics()
    owned, heard = owned_by(topics, "enterprise"), heard_by(topics, "pipeline")
    assert "tidu-enterprise-enterprise" in {topic.name for topic in owned}
    assert "tidu-enterprise-enterprise" in {topic.name for topic in heard}
    assert all(topic.retention_ms == topic.retention_days * 86_400_000 for topic in topics)


def test_crash_points_are_off_unless_armed(monkeypatch: pytest.MonkeyPatch) -> None:
    died: list[int] = []
    monkeypatch.setattr(failpoints_module.os, "_exit", died.append)
    Failpoints.from_text("").hit("relay_published")
    armed = Failpoints.from_text("relay_published:1, consumer_applied:0")
    armed.hit("consumer_applied")
    armed.hit("smtp_accepted")
    assert died == []
    armed.hit("relay_published")
    assert died == [137]


def test_the_consumer_starts_at_the_earliest_record_and_commits_nothing_by_itself() -> None:
    options = BrokerConfig("127.0.0.1:9092").consumer("c", "g")
    assert options["auto_offset_reset"] == "earliest"
    assert options["enable_auto_commit"] is False
    assert options["allow_auto_create_topics"] is False
    assert (options["session_timeout_ms"], options["heartbeat_interval_ms"]) == (6000, 1500)


def test_production_reads_committed_and_asks_for_two_replicas_in_sync() -> None:
    config = BrokerConfig("k1:9092,k2:9092", replication_factor=3, session_timeout_ms=15_000, uses_groups=True)
    assert config.consumer("c", "g")["isolation_level"] == "read_committed"
    assert config.consumer("c", "g")["group_id"] == "g"
    assert config.consumer("c", "g")["bootstrap_servers"] == ["k1:9092", "k2:9092"]
    assert BrokerAdmin(config)._layout(TopicSpec("t", "p", ()))["configs"]["min.insync.replicas"] == "2"


async def test_a_broker_that_is_away_leaves_no_thread_behind() -> None:
    before = {thread.name for thread in threading.enumerate()}
    admin, sender = BrokerAdmin(NOWHERE), RecordSender(NOWHERE, client_id="away")
    for _ in range(2):
        with pytest.raises(BrokerAway):
            admin.look([TopicSpec("tidu-probe-thing", "probe", ())])
        delivery = await sender.send([Outgoing(STREAM, b"k", b"{}", [])])
        assert (delivery.streams, bool(delivery.error)) == (frozenset(), True)
    reader = RecordReader(NOWHERE, ["tidu-probe-thing"], group="g", client_id="away")
    with pytest.raises(BrokerAway):
        await reader.open()
    await reader.close()
    await sender.close()
    left = {thread.name for thread in threading.enumerate()} - before
    assert not [name for name in left if name.startswith("kafka-io")]


async def test_a_look_creates_missing_topics_with_their_partitions_and_tells_their_identity(harness: Harness) -> None:
    admin = BrokerAdmin(replace(harness.config, partitions=4))
    first = admin.look(harness.specs)
    again = admin.look(harness.specs)
    admin.close()
    assert first == again
    (identity,) = first.values()
    assert identity.parts == 4
    assert identity.cluster_id
    assert identity.topic_id
