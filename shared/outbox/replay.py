"""What other services may ask of this one's outbox: send again, how far it is, and the stamped rows themselves."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from shared.kernel.errors import NotFound
from shared.outbox.stamper import FACT_COLUMNS, stamped_of
from shared.outbox.stamping import Stamped

PAGE_SIZE = 1000

_REWIND = sa.text(
    "UPDATE stream_head SET sent = least(sent, :before) WHERE topic = :topic AND part = :part RETURNING stamped"
)
_PAGE = (
    f"SELECT {FACT_COLUMNS}, part, epoch, pseq, prev_hash, hash FROM outbox"  # noqa: S608
    " WHERE topic = %(topic)s AND part = %(part)s AND pseq >= %(start)s ORDER BY pseq LIMIT %(limit)s"
)
_HEADS = sa.text("SELECT topic, part, epoch, stamped, head, sent FROM stream_head ORDER BY topic, part")
_UNSTAMPED = sa.text(
    "SELECT topic, count(*), extract(epoch FROM clock_timestamp() - min(occurred_at))::float8"
    " FROM outbox WHERE pseq IS NULL GROUP BY topic"
)


@dataclass(frozen=True)
class PartitionHead:
    """How far one partition's stream goes; `head` is the hash of its last stamped event."""

    topic: str
    part: int
    epoch: int
    stamped: int
    head: bytes
    sent: int


@dataclass(frozen=True)
class Backlog:
    """Committed facts of a topic that wait for their stamp."""

    topic: str
    count: int
    oldest_seconds: float


async def request_replay(session: AsyncSession, *, topic: str, part: int, from_pseq: int) -> None:
    """Have the relay send everything from `from_pseq` on once more; consumers skip what they know."""
    result = await session.execute(_REWIND, {"topic": topic, "part": part, "before": max(from_pseq - 1, 0)})
    if result.first() is None:
        raise NotFound(f"本服务没有主题 {topic} 的分区 {part}")
    session.info["announced"] = True


async def read_page(
    session: AsyncSession, *, topic: str, part: int, from_pseq: int, limit: int = PAGE_SIZE
) -> list[Stamped]:
    """Return up to `limit` stamped events of a partition from `from_pseq` on, for rebuilding a read model."""
    connection = await session.connection()
    parameters = {"topic": topic, "part": part, "start": from_pseq, "limit": limit}
    result = await connection.exec_driver_sql(_PAGE, parameters)
    return [stamped_of(tuple(row)) for row in result]


async def list_heads(session: AsyncSession) -> list[PartitionHead]:
    """Return the heads of all partitions this service owns; consumers' lag is measured against them."""
    return [PartitionHead(*row) for row in await session.execute(_HEADS)]


async def list_backlog(session: AsyncSession) -> list[Backlog]:
    """Return the topics with facts that no relay has stamped yet; empty while the relay keeps up."""
    return [Backlog(*row) for row in await session.execute(_UNSTAMPED)]
