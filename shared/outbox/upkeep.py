"""What the relay looks after besides sending: its own leadership, its streams, and which broker the marks speak of."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from shared.outbox.errors import StampRefused
from shared.outbox.stamper import Connection
from shared.outbox.stamping import GENESIS

_LEADERSHIP = 7_311_001
"""Advisory lock of the one relay of a database."""

SILENT_AFTER_SECONDS = 15
"""A leader that shows no sign of life for so long is taken for dead."""

CHANNEL = "tidu_outbox"
"""Where a committed append is told to the relay."""


@dataclass(frozen=True)
class TopicIdentity:
    """Which incarnation of a topic on which cluster; a new id means that the old content is gone."""

    cluster_id: str
    topic_id: str
    parts: int


async def lead(connection: Connection) -> bool:
    """Try to become the one relay; leadership lasts as long as the connection."""
    cursor = await connection.execute("SELECT pg_try_advisory_lock(%s)", (_LEADERSHIP,))
    row = await cursor.fetchone()
    return bool(row and row[0])


async def beat(connection: Connection) -> None:
    """Show that the leading relay is alive."""
    await connection.execute(
        "INSERT INTO relay_heartbeat (id, backend_pid, beat_at) VALUES (1, pg_backend_pid(), clock_timestamp())"
        " ON CONFLICT (id) DO UPDATE SET backend_pid = excluded.backend_pid, beat_at = excluded.beat_at"
    )


async def unseat_silent_leader(connection: Connection) -> bool:
    """End the database session of a leader that is silent (a paused process keeps its lock); True where one was."""
    cursor = await connection.execute(
        "SELECT pg_terminate_backend(held.pid) FROM pg_locks AS held, relay_heartbeat AS heart"
        " WHERE held.locktype = 'advisory' AND held.objid = %s AND held.granted"
        " AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        " AND held.pid = heart.backend_pid AND heart.beat_at < clock_timestamp() - make_interval(secs => %s)",
        (_LEADERSHIP, SILENT_AFTER_SECONDS),
    )
    return await cursor.fetchone() is not None


async def check_identity_cache(connection: Connection) -> None:
    """Refuse an outbox whose ids are drawn in blocks: they would not ascend within an aggregate."""
    cursor = await connection.execute(
        "SELECT seqcache FROM pg_sequence WHERE seqrelid = pg_get_serial_sequence('outbox', 'id')::regclass"
    )
    if (row := await cursor.fetchone()) != (1,):
        raise StampRefused(f"the identity of outbox.id must have CACHE 1, it has {row}")


async def ensure_heads(connection: Connection, topics: Collection[str], partitions: int) -> None:
    """Create the heads of new topics; refuse a changed number of partitions, which would break the order per key."""
    await connection.execute(
        "INSERT INTO stream_head (topic, part, epoch, stamped, head, sent)"
        " SELECT topic, part, 1, 0, %b, 0 FROM unnest(%b::text[]) AS topic, generate_series(0, %b - 1) AS part"
        " WHERE NOT EXISTS (SELECT FROM stream_head AS known WHERE known.topic = topic)",
        (GENESIS, list(topics), partitions),
    )
    cursor = await connection.execute(
        "SELECT topic, count(*) FROM stream_head WHERE topic = ANY(%s) GROUP BY topic HAVING count(*) <> %s",
        (list(topics), partitions),
    )
    if changed := await cursor.fetchall():
        raise StampRefused(f"topics keep their number of partitions for life, {partitions} does not fit: {changed}")


async def read_broker_seen(connection: Connection) -> dict[str, TopicIdentity]:
    """Return the incarnations of the topics that the `sent` marks speak of."""
    cursor = await connection.execute("SELECT topic, cluster_id, topic_id, parts FROM broker_seen")
    return {row[0]: TopicIdentity(*row[1:]) for row in await cursor.fetchall()}


async def restart_topic(connection: Connection, topic: str, identity: TopicIdentity) -> None:
    """Remember a new incarnation of a topic: nothing was sent to it yet."""
    async with connection.transaction():
        await connection.execute("UPDATE stream_head SET sent = 0 WHERE topic = %s", (topic,))
        await connection.execute(
            "INSERT INTO broker_seen (topic, cluster_id, topic_id, parts) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (topic) DO UPDATE SET cluster_id = excluded.cluster_id, topic_id = excluded.topic_id,"
            " parts = excluded.parts, seen_at = clock_timestamp()",
            (topic, identity.cluster_id, identity.topic_id, identity.parts),
        )


async def bump_epoch(connection: Connection) -> None:
    """Begin a new epoch after the database was restored from a backup, so that consumers notice."""
    await connection.execute("UPDATE stream_head SET epoch = epoch + 1")
