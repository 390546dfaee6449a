"""CloudEvents 1.0 in binary mode: attributes as Kafka headers, the fact as a JSON body, the stream's place beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from shared.inbox.records import Arrival, Beacon, Foreign, Record
from shared.outbox.stamping import GENESIS, Stamped, chain_hash

Headers = list[tuple[str, bytes]]

BEACON_TYPE = "tidu.beacon.v1"
_BEACON = BEACON_TYPE.encode()
_INT_MAX, _BIGINT_MAX = 2**31 - 1, 2**63 - 1
_TYPE = "ce_type"
_FIXED: Headers = [("ce_specversion", b"1.0"), ("content-type", b"application/json; charset=UTF-8")]


def encode(stamped: Stamped, source: bytes) -> Headers:
    """Return the headers of an event; its key and body travel as they are."""
    fact = stamped.fact
    headers = [
        *_FIXED,
        ("ce_id", fact.event_id.encode()),
        ("ce_type", fact.type.encode()),
        ("ce_source", source),
        ("ce_time", fact.occurred_at.encode()),
        ("ce_subject", fact.key.encode()),
        ("ce_aggid", fact.agg_id.encode()),
        ("ce_aggversion", b"%d" % fact.agg_version),
        ("ce_epoch", b"%d" % stamped.epoch),
        ("ce_pseq", b"%d" % stamped.pseq),
        ("ce_prevhash", stamped.prev_hash.hex().encode()),
    ]
    if fact.actor:
        headers.append(("ce_actor", fact.actor.encode()))
    if fact.causation_id:
        headers.append(("ce_causationid", fact.causation_id.encode()))
    if fact.correlation_id:
        headers.append(("ce_correlationid", fact.correlation_id.encode()))
        headers.append(("traceparent", _traceparent(fact.correlation_id, fact.event_id)))
    return headers


def encode_beacon(source: bytes, *, epoch: int, sent: int, head: bytes) -> Headers:
    """Return the headers of a beacon: up to `sent`, with hash `head`, everything is on this partition."""
    return [
        *_FIXED,
        ("ce_id", str(uuid4()).encode()),
        ("ce_type", BEACON_TYPE.encode()),
        ("ce_source", source),
        ("ce_epoch", b"%d" % epoch),
        ("ce_sent", b"%d" % sent),
        ("ce_head", head.hex().encode()),
    ]


def decode(offset: int, key: bytes | None, headers: Sequence[tuple[str, bytes]], body: bytes | None) -> Record:
    """Read a record; one that is not ours, or garbled, comes back as foreign and never raises."""
    named = dict(headers)
    try:
        if named[_TYPE] == _BEACON:
            return _decode_beacon(offset, named)
        return _decode_event(offset, key or b"", named, body or b"")
    except (KeyError, ValueError) as error:
        return Foreign(offset, f"{type(error).__name__} while reading the headers")


def _decode_event(offset: int, key: bytes, named: Mapping[str, bytes], body: bytes) -> Arrival:
    event_id, prev_hash = named["ce_id"].decode(), _hash(named["ce_prevhash"])
    return Arrival(
        offset=offset,
        epoch=_number(named["ce_epoch"], _INT_MAX),
        pseq=_number(named["ce_pseq"], _BIGINT_MAX),
        prev_hash=prev_hash,
        hash=chain_hash(prev_hash, event_id, body),
        event_id=UUID(event_id),
        type=_text(named[_TYPE]),
        key=_text(key),
        agg_id=_text(named["ce_aggid"]),
        agg_version=_number(named["ce_aggversion"], _INT_MAX),
        occurred_at=_instant(named["ce_time"]),
        actor=_text(named["ce_actor"]) if "ce_actor" in named else None,
        correlation_id=_id(named, "ce_correlationid"),
        causation_id=_id(named, "ce_causationid"),
        body=body,
    )


def _decode_beacon(offset: int, named: Mapping[str, bytes]) -> Beacon:
    epoch, sent = _number(named["ce_epoch"], _INT_MAX), _number(named["ce_sent"], _BIGINT_MAX, least=0)
    return Beacon(offset, epoch, sent, _hash(named["ce_head"]))


def _number(value: bytes, most: int, *, least: int = 1) -> int:
    """Read a number that a database column can hold: anybody may write to a topic."""
    number = int(value)
    if not least <= number <= most:
        raise ValueError("a number out of range")
    return number


def _text(value: bytes) -> str:
    text = value.decode()
    if not text or "\0" in text:
        raise ValueError("no text, or one that PostgreSQL cannot store")
    return text


def _hash(value: bytes) -> bytes:
    found = bytes.fromhex(value.decode())
    if len(found) != len(GENESIS):
        raise ValueError("not a SHA-256")
    return found


def _instant(value: bytes) -> datetime:
    instant = datetime.fromisoformat(value.decode())
    if instant.tzinfo is None:
        raise ValueError("an instant without its offset from UTC")
    return instant


def _id(named: Mapping[str, bytes], name: str) -> UUID | None:
    value = named.get(name)
    return None if value is None else UUID(value.decode())


def _traceparent(correlation_id: str, event_id: str) -> bytes:
    """Return the W3C trace context: the correlation is the trace, the event the span."""
    trace, span = correlation_id.replace("-", ""), event_id.replace("-", "")[-16:]
    return f"00-{trace}-{span}-01".encode()
