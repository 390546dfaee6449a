"""The watermark rows: locked, moved, listed for the lag, stopped and accepted again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.audit import record_change
from shared.db.driver import run
from shared.inbox.watermark import Plan, Watermark
from shared.kernel.errors import NotFound

_LOCK = sa.text(
    "SELECT epoch, pseq, head, seen_pseq, log_id, next_offset, stopped_reason FROM inbox_head"
    " WHERE topic = :topic AND part = :part FOR UPDATE"
)
_CREATE = sa.text("INSERT INTO inbox_head (topic, part) VALUES (:topic, :part) ON CONFLICT DO NOTHING")
_MOVE = sa.text(
    "UPDATE inbox_head SET epoch = :epoch, pseq = :pseq, head = :head, seen_pseq = greatest(seen_pseq, :seen),"
    " log_id = :log_id, next_offset = :next_offset, stopped_reason = :stop_reason,"
    " stopped_at = CASE WHEN CAST(:stop_reason AS text) IS NOT NULL THEN clock_timestamp() END,"
    " moved_at = CASE WHEN pseq = :pseq THEN moved_at ELSE clock_timestamp() END"
    " WHERE topic = :topic AND part = :part"
)
_LIST = sa.text(
    "SELECT topic, part, epoch, pseq, seen_pseq, log_id, next_offset, stopped_reason, moved_at"
    " FROM inbox_head WHERE topic = ANY(:topics) ORDER BY topic, part"
)
_LIST_ALL = sa.text(
    "SELECT topic, part, epoch, pseq, seen_pseq, log_id, next_offset, stopped_reason, moved_at"
    " FROM inbox_head ORDER BY topic, part"
)


@dataclass(frozen=True)
class LockedHead:
    """A partition's row, locked for this transaction."""

    watermark: Watermark
    seen_pseq: int
    log_id: str
    next_offset: int
    stopped_reason: str | None


@dataclass(frozen=True)
class PartitionLag:
    """How far one partition is: `pseq` applied of `seen_pseq` known to exist, read on at `next_offset` of `log_id`."""

    topic: str
    part: int
    epoch: int
    pseq: int
    seen_pseq: int
    log_id: str
    next_offset: int
    stopped_reason: str | None
    moved_at: datetime

    @property
    def lag(self) -> int:
        """How many events are known to exist and have not had their effect."""
        return max(self.seen_pseq - self.pseq, 0)


async def lock_head(session: AsyncSession, topic: str, part: int) -> LockedHead:
    """Lock a partition's watermark; whoever else works on this partition waits, and then sees ours."""
    place = {"topic": topic, "part": part}
    rows = await run(session, _LOCK, place)
    if not rows:
        await run(session, _CREATE, place)
        rows = await run(session, _LOCK, place)
    epoch, pseq, head, *rest = rows[0]
    return LockedHead(Watermark(epoch, pseq, bytes(head)), *rest)


async def move_head(session: AsyncSession, topic: str, part: int, plan: Plan, log_id: str) -> None:
    """Write where the partition stands after a batch."""
    epoch, pseq, head = plan.watermark
    await run(
        session,
        _MOVE,
        {
            "topic": topic,
            "part": part,
            "epoch": epoch,
            "pseq": pseq,
            "head": head,
            "seen": plan.seen_pseq,
            "log_id": log_id,
            "next_offset": plan.next_offset,
            "stop_reason": plan.stop_reason,
        },
    )


async def list_lag(session: AsyncSession, topics: Collection[str] | None = None) -> list[PartitionLag]:
    """Return how far each partition is; all that this service ever heard, or those of `topics`."""
    rows = await session.execute(
        _LIST_ALL if topics is None else _LIST, {} if topics is None else {"topics": [*topics]}
    )
    return [PartitionLag(*row) for row in rows]


async def accept_stream(session: AsyncSession, *, topic: str, part: int, epoch: int, pseq: int, head: bytes) -> None:
    """Take a stopped stream up again after a reconciliation, at the place the producer was reconciled to. Audited."""
    before = await lock_head(session, topic, part)
    if before.stopped_reason is None:
        raise NotFound(f"主题 {topic} 的分区 {part} 没有停止")
    await session.execute(
        sa.text(
            "UPDATE inbox_head SET epoch = :epoch, pseq = :pseq, head = :head, stopped_reason = NULL, stopped_at = NULL"
            " WHERE topic = :topic AND part = :part"
        ),
        {"topic": topic, "part": part, "epoch": epoch, "pseq": pseq, "head": head},
    )
    await record_change(
        session,
        action="inbox.accept_stream",
        aggregate="stream",
        aggregate_id=f"{topic}/{part}",
        before={"epoch": before.watermark.epoch, "pseq": before.watermark.pseq},
        after={"epoch": epoch, "pseq": pseq},
        reason=before.stopped_reason,
    )
