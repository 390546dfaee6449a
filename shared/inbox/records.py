"""What arrives on a partition, decoded: an event with its place, a beacon, or something that is not ours."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class Arrival(NamedTuple):
    """An event as it came off the wire; `hash` is computed from what really arrived, not taken from a header."""

    offset: int
    epoch: int
    pseq: int
    prev_hash: bytes
    hash: bytes
    event_id: UUID
    type: str
    key: str
    agg_id: str
    agg_version: int
    occurred_at: datetime
    actor: str | None
    correlation_id: UUID | None
    causation_id: UUID | None
    body: bytes


class Beacon(NamedTuple):
    """The producer says: up to `sent` everything is on this partition, and the hash there is `head`."""

    offset: int
    epoch: int
    sent: int
    head: bytes


class Foreign(NamedTuple):
    """A record without our headers: somebody else wrote to the topic."""

    offset: int
    problem: str


Record = Arrival | Beacon | Foreign
