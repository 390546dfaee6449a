"""The relay's side of the outbox: stamping, reading back and marking, on one psycopg connection that leads.

Plain psycopg with pipelining: this is the hot path of every event, and each function here is one round trip or two.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from psycopg import AsyncConnection

from shared.outbox.errors import StampRefused
from shared.outbox.stamping import Fact, Head, Stamped, Stream, stamp

Connection = AsyncConnection[Any]

FACT_COLUMNS = (
    "id, event_id::text, topic, key, agg_type, agg_id, agg_version, type,"
    " to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'),"
    " actor, correlation_id::text, causation_id::text, convert_to(payload::text, 'UTF8')"
)
_FACT_WIDTH = len(Fact._fields)

_LOCK_HEADS = "SELECT topic, part, epoch, stamped, head, sent FROM stream_head ORDER BY topic, part FOR UPDATE"
_PENDING = (
    f"SELECT {FACT_COLUMNS}, EXISTS (SELECT FROM outbox AS later WHERE later.agg_type = fact.agg_type"  # noqa: S608
    " AND later.agg_id = fact.agg_id AND later.agg_version > fact.agg_version AND later.pseq IS NOT NULL)"
    " FROM outbox AS fact WHERE pseq IS NULL ORDER BY id LIMIT %s"
)
_STAMP = (
    "UPDATE outbox SET part = place.part, epoch = place.epoch, pseq = place.pseq, prev_hash = place.prev_hash,"
    " hash = place.hash, stamped_at = clock_timestamp()"
    " FROM unnest(%b::bigint[], %b::smallint[], %b::int[], %b::bigint[], %b::bytea[], %b::bytea[])"
    " AS place (id, part, epoch, pseq, prev_hash, hash) WHERE outbox.id = place.id"
)
_MOVE_HEADS = (
    "UPDATE stream_head SET stamped = moved.stamped, head = moved.head"
    " FROM unnest(%b::text[], %b::smallint[], %b::bigint[], %b::bytea[]) AS moved (topic, part, stamped, head)"
    " WHERE stream_head.topic = moved.topic AND stream_head.part = moved.part"
)
_STAMPED = (
    f"SELECT {FACT_COLUMNS}, part, epoch, pseq, prev_hash, hash FROM outbox"  # noqa: S608
    " WHERE topic = %s AND part = %s AND pseq > %s ORDER BY pseq LIMIT %s"
)
_MARK = (
    "UPDATE stream_head SET sent = mark.last FROM unnest(%b::text[], %b::smallint[], %b::bigint[], %b::bigint[])"
    " AS mark (topic, part, base, last)"
    " WHERE stream_head.topic = mark.topic AND stream_head.part = mark.part AND stream_head.sent = mark.base"
)


async def stamp_batch(
    connection: Connection, *, partitions: int, limit: int
) -> tuple[list[Stamped], dict[Stream, Head]]:
    """Stamp up to `limit` committed facts in insert order; returns them and all heads of this service.

    The heads are locked first: a second relay waits here, and then sees what the first one stamped.
    """
    async with connection.transaction(), connection.pipeline():
        locked = await connection.execute(_LOCK_HEADS)
        pending = await connection.execute(_PENDING, (limit,))
        heads = {(row[0], row[1]): Head(*row[2:]) for row in await locked.fetchall()}
        rows = await pending.fetchall()
        stamped, moved = stamp(map(_fact_in_order, rows), heads, partitions)
        if stamped:
            await _write_stamps(connection, stamped, moved)
    return stamped, heads | moved


def _fact_in_order(row: tuple[Any, ...]) -> Fact:
    fact = Fact._make(row[:_FACT_WIDTH])
    if row[_FACT_WIDTH]:
        raise StampRefused(f"a later version of {fact.agg_type} {fact.agg_id} was stamped before {fact.agg_version}")
    return fact


async def _write_stamps(connection: Connection, stamped: list[Stamped], moved: Mapping[Stream, Head]) -> None:
    ids = [item.fact.id for item in stamped]
    columns = list(map(list, zip(*(item[1:] for item in stamped), strict=True)))
    await connection.execute(_STAMP, (ids, *columns))
    topics, parts = map(list, zip(*moved, strict=True))
    stamps, hashes = map(list, zip(*((head.stamped, head.hash) for head in moved.values()), strict=True))
    await connection.execute(_MOVE_HEADS, (topics, parts, stamps, hashes))


async def read_stamped(connection: Connection, stream: Stream, *, after: int, limit: int) -> list[Stamped]:
    """Return what follows sequence number `after` in a partition, in order."""
    cursor = await connection.execute(_STAMPED, (*stream, after, limit))
    return [stamped_of(row) for row in await cursor.fetchall()]


def stamped_of(row: tuple[Any, ...]) -> Stamped:
    """Build a stamped fact from a row of FACT_COLUMNS and the five stamp columns."""
    return Stamped(Fact._make(row[:_FACT_WIDTH]), *row[_FACT_WIDTH:])


async def mark_sent(connection: Connection, marks: Mapping[Stream, tuple[int, int]]) -> None:
    """Move `sent` from the first number to the second, unless a replay was asked for meanwhile."""
    topics, parts = map(list, zip(*marks, strict=True))
    bases, lasts = map(list, zip(*marks.values(), strict=True))
    await connection.execute(_MARK, (topics, parts, bases, lasts))
