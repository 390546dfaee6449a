"""The watermark rule: what to do with a batch of records, decided before anything is touched. Pure functions.

`pseq <= w` is a repeat, `pseq == w + 1` is applied, `pseq > w + 1` is a gap. At a gap the partition is read from the
beginning once; when the place where the gap was seen has been passed and the gap is still there, the producer is asked
to send again. Only then: a rule that rewinds at every gap never arrives (the next page shows the gap again).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import NamedTuple

from shared.inbox.records import Arrival, Beacon, Record


class Watermark(NamedTuple):
    """What has had its effect on one partition; epoch 0 means that nothing has yet."""

    epoch: int = 0
    pseq: int = 0
    head: bytes = bytes(32)


@dataclass(frozen=True)
class Gap:
    """Events up to `target` are missing; seen at `seen_at`, and the partition was read from the beginning since."""

    target: int
    seen_at: int


class Verdict(Enum):
    """What one event is to this partition."""

    APPLY = auto()
    REPEAT = auto()
    AHEAD = auto()
    OUTDATED = auto()
    EPOCH_CHANGED = auto()
    CHAIN_BROKEN = auto()


STOP_REASONS = {
    Verdict.EPOCH_CHANGED: "the producer began a new epoch (a restored database?): reconcile, then accept the stream",
    Verdict.CHAIN_BROKEN: "the producer's history is not the one applied here (hash chain): reconcile",
}
DIVERGED = "an event with a known number but another id arrived: the producer's history was rewritten, reconcile"


@dataclass
class Plan:
    """What a batch asks for. With `to_apply` applied, the partition stands at `watermark` and is read on from there."""

    watermark: Watermark
    gap: Gap | None
    next_offset: int
    to_apply: list[Arrival] = field(default_factory=list)
    repeats: list[Arrival] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    seen_pseq: int = 0
    rewinds: bool = False
    wants_replay: bool = False
    stop_reason: str | None = None


def judge(watermark: Watermark, event: Arrival) -> Verdict:
    """Apply the watermark rule to one event.

    An event of an older epoch counts only where the hash chain proves that it belongs to the history applied here.
    """
    is_next = event.pseq == watermark.pseq + 1
    continues = is_next and event.prev_hash == watermark.head
    if watermark.epoch and event.epoch > watermark.epoch:
        return Verdict.EPOCH_CHANGED
    if event.pseq <= watermark.pseq:
        return Verdict.REPEAT
    if event.epoch < watermark.epoch and not continues:
        return Verdict.OUTDATED
    if not is_next:
        return Verdict.AHEAD
    return Verdict.APPLY if continues else Verdict.CHAIN_BROKEN


def plan_batch(watermark: Watermark, gap: Gap | None, records: Iterable[Record], *, next_offset: int) -> Plan:
    """Decide a batch in the order of its records; stops reading it at a rewind or at a broken stream."""
    plan = Plan(watermark, gap, next_offset)
    for record in records:
        plan.next_offset = record.offset + 1
        if isinstance(record, Arrival):
            _take_event(plan, record)
        elif isinstance(record, Beacon):
            _take_beacon(plan, record)
        else:
            plan.strangers.append(record.problem)
        if plan.rewinds or plan.stop_reason:
            break
    return plan


def _take_event(plan: Plan, event: Arrival) -> None:
    verdict = judge(plan.watermark, event)
    match verdict:
        case Verdict.APPLY:
            plan.to_apply.append(event)
            plan.watermark = Watermark(max(event.epoch, plan.watermark.epoch), event.pseq, event.hash)
            if plan.gap and plan.watermark.pseq >= plan.gap.target:
                plan.gap = None
        case Verdict.REPEAT:
            plan.repeats.append(event)
        case Verdict.AHEAD:
            _miss(plan, target=event.pseq - 1, offset=event.offset)
        case Verdict.OUTDATED:
            plan.strangers.append(f"epoch {event.epoch} is over")
        case Verdict.EPOCH_CHANGED | Verdict.CHAIN_BROKEN:
            _stop(plan, verdict, event.offset)
    if verdict is not Verdict.OUTDATED:
        plan.seen_pseq = max(plan.seen_pseq, event.pseq)


def _take_beacon(plan: Plan, beacon: Beacon) -> None:
    watermark = plan.watermark
    if beacon.epoch < watermark.epoch:
        return
    if watermark.epoch and beacon.epoch > watermark.epoch:
        _stop(plan, Verdict.EPOCH_CHANGED, beacon.offset)
    elif beacon.sent == watermark.pseq and beacon.head != watermark.head:
        _stop(plan, Verdict.CHAIN_BROKEN, beacon.offset)
    else:
        plan.seen_pseq = max(plan.seen_pseq, beacon.sent)
        if beacon.sent > watermark.pseq:
            _miss(plan, target=beacon.sent, offset=beacon.offset)
        elif beacon.sent == watermark.pseq and plan.gap and beacon.offset > plan.gap.seen_at:
            plan.gap = None  # what lay behind the gap was no event of this producer


def _miss(plan: Plan, *, target: int, offset: int) -> None:
    if plan.gap is None:
        plan.gap = Gap(target, offset)
        if offset > 0:
            plan.rewinds, plan.next_offset = True, 0
            return
    if offset >= plan.gap.seen_at:
        plan.wants_replay = True


def _stop(plan: Plan, verdict: Verdict, offset: int) -> None:
    plan.stop_reason, plan.next_offset = STOP_REASONS[verdict], offset
