"""The parking table: events that failed, and those of the same key behind them, until a person retries or skips."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.audit import record_change
from shared.db.driver import run
from shared.inbox.dispatch import Applied, Parked, Stream, apply_guarded
from shared.inbox.heads import lock_head
from shared.inbox.records import Arrival
from shared.inbox.routing import Router
from shared.inbox.tables import inbox_event, parked_event, parked_key
from shared.kernel.errors import Invalid, NotFound

_PARKED_KEYS = sa.text("SELECT key FROM parked_key WHERE topic = :topic AND key = ANY(:keys)")
_WAITING = parked_event.c.skipped_at.is_(None)


@dataclass(frozen=True)
class ParkedEvent:
    """A parked event as administrators see it; `error` is None for events that only stand behind a failed one."""

    event_id: UUID
    topic: str
    part: int
    pseq: int
    key: str
    type: str
    occurred_at: datetime
    error: str | None
    attempts: int
    parked_at: datetime


@dataclass(frozen=True)
class Retried:
    """What a retry came to: how many events of the key were applied, and what still fails (None: nothing is left)."""

    applied_count: int
    left_count: int
    error: str | None


async def list_parked_keys(session: AsyncSession, topic: str, keys: Collection[str]) -> set[str]:
    """Return those of `keys` whose events have to wait."""
    return {key for (key,) in await run(session, _PARKED_KEYS, {"topic": topic, "keys": list(keys)})}


async def park(session: AsyncSession, stream: Stream, events: Sequence[tuple[Arrival, Parked]]) -> None:
    """Set events aside; from now on the later events of their keys are set aside too."""
    rows = [
        {
            **stream._asdict(),
            "event_id": event.event_id,
            "epoch": event.epoch,
            "pseq": event.pseq,
            "key": event.key,
            "agg_id": event.agg_id,
            "agg_version": event.agg_version,
            "type": event.type,
            "occurred_at": event.occurred_at,
            "actor": event.actor,
            "correlation_id": event.correlation_id,
            "causation_id": event.causation_id,
            "payload": event.body,
            "error": parked.error,
            "attempts": parked.attempts,
        }
        for event, parked in events
    ]
    await session.execute(parked_event.insert(), rows)
    keys = [{"topic": stream.topic, "key": key} for key in {event.key for event, _ in events}]
    await session.execute(
        sa.text("INSERT INTO parked_key (topic, key) VALUES (:topic, :key) ON CONFLICT DO NOTHING"), keys
    )


async def list_parked(session: AsyncSession, *, limit: int = 200) -> list[ParkedEvent]:
    """Return the parked events, oldest first."""
    columns = [parked_event.c[name] for name in ParkedEvent.__dataclass_fields__]
    rows = await session.execute(
        sa.select(*columns).where(_WAITING).order_by(parked_event.c.parked_at, parked_event.c.pseq).limit(limit)
    )
    return [ParkedEvent(*row) for row in rows]


async def count_parked(session: AsyncSession) -> int:
    """Return how many events are parked."""
    return int(await session.scalar(sa.select(sa.func.count()).select_from(parked_event).where(_WAITING)) or 0)


async def retry_parked(session: AsyncSession, router: Router, *, topic: str, key: str) -> Retried:
    """Apply the parked events of a key in their order, up to the first that still fails; then the key flows again."""
    rows = await _lock_waiting(session, topic, key)
    applied = 0
    for row in rows:
        stream, event = Stream(row.topic, row.part), _arrival_of(row)
        outcome = await apply_guarded(session, router, stream, event)
        if isinstance(outcome, Parked):
            await _keep(session, event.event_id, outcome)
            return Retried(applied, len(rows) - applied, outcome.error)
        await _release(session, event.event_id, "applied" if isinstance(outcome, Applied) else "ignored")
        applied += 1
    await _unpark_key(session, topic, key)
    return Retried(applied, 0, None)


async def skip_parked(session: AsyncSession, *, event_id: UUID, reason: str, actor: str) -> None:
    """Give up one parked event for a reason, audited; it stays in the table, marked. Others of its key still wait."""
    if not reason.strip():
        raise Invalid("跳过事件必须说明理由")
    found = await session.execute(
        sa.select(parked_event.c.topic, parked_event.c.key).where(parked_event.c.event_id == event_id, _WAITING)
    )
    row = found.first()
    if row is None:
        raise NotFound("没有这个待处理事件")
    waiting = await _lock_waiting(session, row.topic, row.key)
    marked = {"skipped_at": sa.func.clock_timestamp(), "skipped_by": actor, "skip_reason": reason}
    await session.execute(parked_event.update().where(parked_event.c.event_id == event_id).values(marked))
    await _set_state(session, event_id, "skipped", reason)
    if [other.event_id for other in waiting] == [event_id]:
        await _unpark_key(session, row.topic, row.key)
    await record_change(
        session, action="inbox.skip_parked", aggregate="event", aggregate_id=str(event_id), reason=reason
    )


async def _lock_waiting(session: AsyncSession, topic: str, key: str) -> Sequence[sa.Row[tuple[object, ...]]]:
    """Return the waiting events of a key, under the partition's lock: the consumer adds no other meanwhile."""
    chosen = sa.select(parked_event).where(parked_event.c.topic == topic, parked_event.c.key == key, _WAITING)
    part = await session.scalar(chosen.with_only_columns(parked_event.c.part).limit(1))
    if part is None:
        raise NotFound(f"主题 {topic} 中没有“{key}”的待处理事件")
    await lock_head(session, topic, part)
    return (await session.execute(chosen.order_by(parked_event.c.pseq))).all()


def _arrival_of(row: sa.Row[tuple[object, ...]]) -> Arrival:
    known = row._mapping
    taken = {name: known[name] for name in Arrival._fields if name in known}
    return Arrival(offset=-1, prev_hash=b"", hash=b"", body=bytes(known["payload"]), **taken)


async def _keep(session: AsyncSession, event_id: UUID, outcome: Parked) -> None:
    await session.execute(
        parked_event.update()
        .where(parked_event.c.event_id == event_id)
        .values(error=outcome.error, attempts=parked_event.c.attempts + outcome.attempts)
    )


async def _release(session: AsyncSession, event_id: UUID, state: str) -> None:
    await session.execute(parked_event.delete().where(parked_event.c.event_id == event_id))
    await _set_state(session, event_id, state, None)


async def _set_state(session: AsyncSession, event_id: UUID, state: str, error: str | None) -> None:
    await session.execute(
        inbox_event.update().where(inbox_event.c.event_id == event_id).values(state=state, error=error)
    )


async def _unpark_key(session: AsyncSession, topic: str, key: str) -> None:
    await session.execute(parked_key.delete().where(parked_key.c.topic == topic, parked_key.c.key == key))
