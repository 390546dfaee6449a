"""Stamping: each committed fact gets its place in the stream. Pure functions over plain values."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from shared.outbox.errors import StampRefused

GENESIS = bytes(32)
"""The hash before the first event of a partition."""

Stream = tuple[str, int]
"""A topic and one of its partitions."""


class Fact(NamedTuple):
    """One outbox row in the form it travels in: texts as the headers carry them, the body as bytes."""

    id: int
    event_id: str
    topic: str
    key: str
    agg_type: str
    agg_id: str
    agg_version: int
    type: str
    occurred_at: str
    actor: str | None
    correlation_id: str | None
    causation_id: str | None
    body: bytes


class Head(NamedTuple):
    """The end of one partition's stream: `stamped` and its hash, and `sent`, what the broker acknowledged."""

    epoch: int
    stamped: int
    hash: bytes
    sent: int


class Stamped(NamedTuple):
    """A fact with its place: sequence numbers are contiguous from 1 per topic and partition."""

    fact: Fact
    part: int
    epoch: int
    pseq: int
    prev_hash: bytes
    hash: bytes


def partition_of(key: str, partitions: int) -> int:
    """Return the partition of a key; computed here, never asked of the broker, so that it is the same for life."""
    return zlib.crc32(key.encode()) % partitions


def chain_hash(prev_hash: bytes, event_id: str, body: bytes) -> bytes:
    """Return the hash that ties an event (its id as text, its body as sent) to everything before it."""
    return hashlib.sha256(prev_hash + event_id.encode() + body).digest()


def stamp(
    facts: Iterable[Fact], heads: Mapping[Stream, Head], partitions: int
) -> tuple[list[Stamped], dict[Stream, Head]]:
    """Give each fact the next place in its partition; returns the stamped facts and the heads that moved."""
    stamped: list[Stamped] = []
    moved: dict[Stream, Head] = {}
    versions: dict[tuple[str, str], int] = {}
    for fact in facts:
        _check_ascending(fact, versions)
        stream = (fact.topic, partition_of(fact.key, partitions))
        head = moved.get(stream) or heads.get(stream)
        if head is None:
            raise StampRefused(f"event {fact.event_id} is for the topic {fact.topic}, which this relay does not own")
        pseq, new_hash = head.stamped + 1, chain_hash(head.hash, fact.event_id, fact.body)
        stamped.append(Stamped(fact, stream[1], head.epoch, pseq, head.hash, new_hash))
        moved[stream] = head._replace(stamped=pseq, hash=new_hash)
    return stamped, moved


def _check_ascending(fact: Fact, versions: dict[tuple[str, str], int]) -> None:
    aggregate = (fact.agg_type, fact.agg_id)
    if fact.agg_version <= versions.get(aggregate, 0):
        raise StampRefused(
            f"version {fact.agg_version} of {fact.agg_type} {fact.agg_id} comes after version {versions[aggregate]}"
        )
    versions[aggregate] = fact.agg_version
