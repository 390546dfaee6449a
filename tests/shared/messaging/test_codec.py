"""Records and back: what is encoded is decoded, other tools read it too, and garbage never raises."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event
from cloudevents.core.formats.json import JSONFormat
from hypothesis import given
from hypothesis import strategies as st

from shared.inbox.records import Arrival, Beacon, Foreign
from shared.messaging.codec import Headers, decode, encode, encode_beacon
from shared.outbox.stamping import GENESIS, Fact, Head, Stamped, stamp

EVENT_ID = "01a1ff40-dae5-71a1-96bb-f42f7b5001c8"
CORRELATION = "0123abcd-0000-4000-8000-00000000000a"
FACT = Fact(
    id=1,
    event_id=EVENT_ID,
    topic="tidu-probe-thing",
    key="91530900MA6K3X1234",
    agg_type="thing",
    agg_id="thing-7",
    agg_version=3,
    type="probe.happened.v1",
    occurred_at="2026-11-21T08:30:00.123456Z",
    actor="caseworker-530900",
    correlation_id=CORRELATION,
    causation_id=None,
    body='{"version":3,"name":"临沧"}'.encode(),
)


@dataclass(frozen=True)
class Wire:
    """A record as it lies on the broker."""

    key: bytes
    headers: Headers
    body: bytes

    def decoded(self) -> Arrival:
        record = decode(5, self.key, self.headers, self.body)
        assert isinstance(record, Arrival)
        return record


def stamped(fact: Fact = FACT) -> Stamped:
    heads = {(fact.topic, part): Head(2, 6, b"\7" * 32, 0) for part in range(4)}
    return stamp([fact], heads, 4)[0][0]


def wire(fact: Fact = FACT) -> Wire:
    return Wire(fact.key.encode(), encode(stamped(fact), b"/probe"), fact.body)


def test_an_event_arrives_as_it_was_stamped() -> None:
    place, arrival = stamped(), wire().decoded()
    assert (arrival.offset, arrival.epoch, arrival.pseq) == (5, 2, 7)
    assert (arrival.prev_hash, arrival.hash) == (place.prev_hash, place.hash)
    assert arrival.event_id == UUID(EVENT_ID)
    assert (arrival.type, arrival.key) == (FACT.type, FACT.key)
    assert (arrival.agg_id, arrival.agg_version) == ("thing-7", 3)
    assert arrival.occurred_at == datetime(2026, 11, 21, 8, 30, 0, 123456, tzinfo=UTC)
    assert (arrival.actor, arrival.correlation_id, arrival.causation_id) == (FACT.actor, UUID(CORRELATION), None)


def test_the_hash_is_taken_from_what_arrived_not_from_what_was_claimed() -> None:
    sent = wire()
    changed = decode(5, sent.key, sent.headers, sent.body + b" ")
    assert isinstance(changed, Arrival)
    assert changed.hash != stamped().hash


def test_the_trace_context_carries_the_correlation_as_the_trace() -> None:
    headers = dict(wire().headers)
    assert headers["traceparent"] == b"00-0123abcd00004000800000000000000a-96bbf42f7b5001c8-01"


def test_the_cloudevents_library_reads_our_records() -> None:
    sent = wire()
    event = from_binary_event(KafkaMessage(headers=dict(sent.headers), key=sent.key, value=sent.body), JSONFormat())
    assert (event.get_id(), event.get_type(), event.get_source()) == (EVENT_ID, "probe.happened.v1", "/probe")
    assert event.get_subject() == FACT.key
    assert event.get_time() == datetime(2026, 11, 21, 8, 30, 0, 123456, tzinfo=UTC)
    assert event.get_data() == {"version": 3, "name": "临沧"}


def test_a_beacon_arrives_as_it_was_sent() -> None:
    headers = encode_beacon(b"/probe", epoch=2, sent=9, head=b"\7" * 32)
    assert decode(4, None, headers, b"{}") == Beacon(4, 2, 9, b"\7" * 32)


def test_a_beacon_of_an_empty_partition_is_one_too() -> None:
    headers = encode_beacon(b"/probe", epoch=1, sent=0, head=GENESIS)
    assert decode(0, None, headers, b"{}") == Beacon(0, 1, 0, GENESIS)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ce_pseq", b"0"),
        ("ce_pseq", b"-1"),
        ("ce_pseq", b"%d" % 2**63),
        ("ce_epoch", b"%d" % 2**31),
        ("ce_aggversion", b"x"),
        ("ce_prevhash", b"00"),
        ("ce_prevhash", b"zz" * 32),
        ("ce_id", b"no-uuid"),
        ("ce_type", b"a\x00b"),
        ("ce_type", b"\xff"),
        ("ce_aggid", b""),
        ("ce_time", b"2026-11-21"),
        ("ce_time", b"2026-11-21T08:30:00"),
        ("ce_correlationid", b"1"),
    ],
)
def test_a_garbled_header_makes_the_record_a_strangers(name: str, value: bytes) -> None:
    sent = wire()
    garbled = [(known, value if known == name else kept) for known, kept in sent.headers]
    assert isinstance(decode(5, sent.key, garbled, sent.body), Foreign)


@pytest.mark.parametrize("missing", ["ce_id", "ce_type", "ce_pseq", "ce_epoch", "ce_prevhash", "ce_aggid", "ce_time"])
def test_a_missing_header_makes_the_record_a_strangers(missing: str) -> None:
    sent = wire()
    rest = [(name, value) for name, value in sent.headers if name != missing]
    assert isinstance(decode(5, sent.key, rest, sent.body), Foreign)


def test_a_record_without_key_is_a_strangers() -> None:
    assert isinstance(decode(5, None, wire().headers, FACT.body), Foreign)


@given(
    st.lists(st.tuples(st.sampled_from([name for name, _ in wire().headers]), st.binary(max_size=40)), max_size=20),
    st.none() | st.binary(max_size=20),
    st.none() | st.binary(max_size=50),
)
def test_whatever_somebody_writes_to_a_topic_decoding_never_raises(
    headers: Headers, key: bytes | None, body: bytes | None
) -> None:
    assert decode(0, key, headers, body) is not None
