"""A batch of one partition in one transaction: effects, inbox rows and the watermark stand or fall together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.driver import run
from shared.inbox.dispatch import Applied, Ignored, Outcome, Parked, Stream, apply_guarded, apply_once
from shared.inbox.heads import LockedHead, lock_head, move_head
from shared.inbox.parking import list_parked_keys, park
from shared.inbox.records import Arrival, Record
from shared.inbox.routing import Router
from shared.inbox.watermark import DIVERGED, Gap, Plan, plan_batch

PARKED_IN_A_ROW = 50
"""So many keys parked with nothing applied between is no bad event but a broken service: the fuse."""

_KNOWN_PLACES = sa.text(
    "SELECT epoch, pseq, event_id FROM inbox_event WHERE topic = :topic AND part = :part AND pseq = ANY(:numbers)"
)
_KNOWN_IDS = sa.text("SELECT event_id FROM inbox_event WHERE event_id = ANY(:ids)")
_RECORD = sa.text(
    "INSERT INTO inbox_event (event_id, topic, part, epoch, pseq, key, agg_id, agg_version, state, error)"
    " SELECT event_id, :topic, :part, epoch, pseq, key, agg_id, agg_version, state, error"
    " FROM unnest(CAST(:ids AS uuid[]), CAST(:epochs AS int[]), CAST(:numbers AS bigint[]), CAST(:keys AS text[]),"
    " CAST(:agg_ids AS text[]), CAST(:versions AS int[]), CAST(:states AS text[]), CAST(:errors AS text[]))"
    " AS fact (event_id, epoch, pseq, key, agg_id, agg_version, state, error)"
)
_STATES: dict[type[Outcome], str] = {Applied: "applied", Ignored: "ignored", Parked: "parked"}


class Care(Enum):
    """How a batch is applied: all at once in the hope that nothing fails, or each event behind a savepoint."""

    OPTIMISTIC = auto()
    GUARDED = auto()


class FuseBlown(Exception):
    """Too many keys in a row had to be parked; the partition waits for the service to be repaired."""


@dataclass(frozen=True)
class Position:
    """What is remembered between batches: the incarnation of the log, the known gap, and how many keys failed last."""

    log_id: str
    gap: Gap | None = None
    failed_in_a_row: int = 0


@dataclass(frozen=True)
class Taken:
    """What a batch came to, and what to remember for the next one."""

    plan: Plan
    outcomes: Sequence[tuple[Arrival, Outcome]]
    position: Position


async def take_batch(
    session: AsyncSession, router: Router, stream: Stream, records: Sequence[Record], position: Position, care: Care
) -> Taken:
    """Apply a batch in the caller's transaction and move the watermark."""
    head = await lock_head(session, *stream)
    if head.stopped_reason is not None:
        return Taken(Plan(head.watermark, None, head.next_offset, stop_reason=head.stopped_reason), (), position)
    plan = plan_batch(head.watermark, position.gap, records, next_offset=head.next_offset)
    if await _diverges(session, stream, plan.repeats):
        plan = Plan(head.watermark, None, records[0].offset, stop_reason=DIVERGED)
    outcomes = await _apply_all(session, router, stream, plan.to_apply, care)
    failed_in_a_row = _count_failed(outcomes, position.failed_in_a_row)
    await _record(session, stream, outcomes)
    if _moves(plan, head, position):
        await move_head(session, *stream, plan, position.log_id)
    return Taken(plan, outcomes, Position(position.log_id, plan.gap, failed_in_a_row))


async def _diverges(session: AsyncSession, stream: Stream, repeats: Sequence[Arrival]) -> bool:
    """Tell whether a repeated number came with another event id: then the producer's history was rewritten."""
    if not repeats:
        return False
    rows = await run(session, _KNOWN_PLACES, {**stream._asdict(), "numbers": [event.pseq for event in repeats]})
    known = {(epoch, pseq): event_id for epoch, pseq, event_id in rows}
    return any(known.get((event.epoch, event.pseq), event.event_id) != event.event_id for event in repeats)


async def _apply_all(
    session: AsyncSession, router: Router, stream: Stream, events: Sequence[Arrival], care: Care
) -> list[tuple[Arrival, Outcome]]:
    if not events:
        return []
    known = {event_id for (event_id,) in await run(session, _KNOWN_IDS, {"ids": [event.event_id for event in events]})}
    parked = await list_parked_keys(session, stream.topic, {event.key for event in events})
    apply = apply_once if care is Care.OPTIMISTIC else apply_guarded
    outcomes: list[tuple[Arrival, Outcome]] = []
    for event in events:
        if event.event_id in known:
            continue
        outcome: Outcome = Parked(None) if event.key in parked else await apply(session, router, stream, event)
        outcomes.append((event, outcome))
        if isinstance(outcome, Parked):
            parked.add(event.key)
    return outcomes


def _count_failed(outcomes: Sequence[tuple[Arrival, Outcome]], failed_in_a_row: int) -> int:
    """Count the keys that failed since the last event that had its effect; too many blow the fuse."""
    for event, outcome in outcomes:
        if isinstance(outcome, Parked) and outcome.error is not None:
            failed_in_a_row += 1
        elif isinstance(outcome, Applied):
            failed_in_a_row = 0
        if failed_in_a_row >= PARKED_IN_A_ROW:
            raise FuseBlown(f"{failed_in_a_row} keys failed one after the other, the last with {event.type}")
    return failed_in_a_row


async def _record(session: AsyncSession, stream: Stream, outcomes: Sequence[tuple[Arrival, Outcome]]) -> None:
    if not outcomes:
        return
    events = [event for event, _ in outcomes]
    await run(
        session,
        _RECORD,
        {
            **stream._asdict(),
            "ids": [event.event_id for event in events],
            "epochs": [event.epoch for event in events],
            "numbers": [event.pseq for event in events],
            "keys": [event.key for event in events],
            "agg_ids": [event.agg_id for event in events],
            "versions": [event.agg_version for event in events],
            "states": [_STATES[type(outcome)] for _, outcome in outcomes],
            "errors": [getattr(outcome, "error", None) for _, outcome in outcomes],
        },
    )
    parked = [(event, outcome) for event, outcome in outcomes if isinstance(outcome, Parked)]
    if parked:
        await park(session, stream, parked)


def _moves(plan: Plan, head: LockedHead, position: Position) -> bool:
    """Spare the write where only repeats and known beacons came: the place to read on is a hint, nothing more."""
    return bool(
        plan.to_apply
        or plan.rewinds
        or plan.stop_reason
        or plan.seen_pseq > head.seen_pseq
        or position.log_id != head.log_id
    )
