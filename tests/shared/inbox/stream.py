"""Streams of decoded records for the inbox tests, without a broker."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from shared.inbox.records import Arrival, Beacon
from shared.outbox.stamping import GENESIS, chain_hash

_SPACE = UUID("01a1ff40-dae5-71a1-96bb-f42f7b5001c8")


def arrivals(
    keys: Sequence[str], *, start: int = 1, epoch: int = 1, head: bytes = GENESIS, event_type: str = "probe.happened.v1"
) -> list[Arrival]:
    """Return one event a key, numbered on from `start` and chained from `head`; offsets are the places in the list."""
    made: list[Arrival] = []
    versions: dict[str, int] = {}
    for place, key in enumerate(keys):
        versions[key] = versions.get(key, 0) + 1
        body = f'{{"version": {versions[key]}, "thing": "{key}"}}'.encode()
        event_id = uuid5(_SPACE, f"{epoch}/{start + place}/{key}")
        new_head = chain_hash(head, str(event_id), body)
        made.append(
            Arrival(
                offset=place,
                epoch=epoch,
                pseq=start + place,
                prev_hash=head,
                hash=new_head,
                event_id=event_id,
                type=event_type,
                key=key,
                agg_id=key,
                agg_version=versions[key],
                occurred_at=datetime(2026, 11, 21, tzinfo=UTC),
                actor="caseworker-530900",
                correlation_id=None,
                causation_id=None,
                body=body,
            )
        )
        head = new_head
    return made


def beacon(sent: int, head: bytes, *, offset: int, epoch: int = 1) -> Beacon:
    return Beacon(offset, epoch, sent, head)


def at_offsets(events: Sequence[Any], *, start: int = 0) -> list[Any]:
    """Return the records as they would lie in a log, one after the other from `start`."""
    return [event._replace(offset=start + place) for place, event in enumerate(events)]
