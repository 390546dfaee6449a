"""The watermark rule as pure functions: single verdicts, arbitrary logs, and the way back from every loss."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.inbox.records import Arrival, Foreign, Record
from shared.inbox.watermark import Gap, Plan, Verdict, Watermark, judge, plan_batch
from shared.outbox.stamping import GENESIS
from tests.shared.inbox.stream import arrivals, at_offsets, beacon

EVENTS = arrivals([f"k{n}" for n in range(12)])


def after(count: int, *, epoch: int = 1) -> Watermark:
    """The watermark of a partition that applied the first `count` events."""
    return Watermark(epoch, count, EVENTS[count - 1].hash if count else GENESIS)


@pytest.mark.parametrize(
    ("watermark", "event", "verdict"),
    [
        (Watermark(), EVENTS[0], Verdict.APPLY),
        (after(3), EVENTS[3], Verdict.APPLY),
        (after(3), EVENTS[2], Verdict.REPEAT),
        (after(3), EVENTS[0], Verdict.REPEAT),
        (after(3), EVENTS[4], Verdict.AHEAD),
        (Watermark(), EVENTS[1], Verdict.AHEAD),
        (after(3), EVENTS[3]._replace(prev_hash=b"\1" * 32), Verdict.CHAIN_BROKEN),
        (Watermark(), EVENTS[0]._replace(prev_hash=b"\1" * 32), Verdict.CHAIN_BROKEN),
        (after(3), EVENTS[3]._replace(epoch=2), Verdict.EPOCH_CHANGED),
        (after(3), EVENTS[1]._replace(epoch=2), Verdict.EPOCH_CHANGED),
        (after(3, epoch=2), EVENTS[1], Verdict.REPEAT),
        (after(3, epoch=2), EVENTS[5], Verdict.OUTDATED),
        (after(3, epoch=2), EVENTS[3]._replace(prev_hash=b"\1" * 32), Verdict.OUTDATED),
        (after(3, epoch=2), EVENTS[3], Verdict.APPLY),
    ],
)
def test_each_event_gets_its_verdict(watermark: Watermark, event: Arrival, verdict: Verdict) -> None:
    assert judge(watermark, event) is verdict


@given(st.lists(st.integers(0, 11), max_size=60))
def test_whatever_the_order_only_the_unbroken_beginning_is_applied_each_event_once(order: list[int]) -> None:
    """Scanned without rewinding, a shuffled log with repeats applies 1, 2, 3 … and nothing else."""
    log = at_offsets([EVENTS[place] for place in order])
    plan = plan_batch(Watermark(), Gap(target=10**6, seen_at=10**6), log, next_offset=0)
    assert [event.pseq for event in plan.to_apply] == list(range(1, plan.watermark.pseq + 1))
    assert plan.watermark == after(plan.watermark.pseq, epoch=plan.watermark.epoch)
    assert plan.stop_reason is None
    assert plan.next_offset == len(log)


def test_a_gap_rewinds_once_and_what_follows_in_the_batch_waits() -> None:
    log = at_offsets([EVENTS[0], EVENTS[2], EVENTS[1]])
    plan = plan_batch(Watermark(), None, log, next_offset=0)
    assert (plan.watermark.pseq, plan.rewinds, plan.next_offset) == (1, True, 0)
    assert plan.gap == Gap(target=2, seen_at=1)


def test_a_gap_at_the_very_beginning_asks_at_once() -> None:
    plan = plan_batch(Watermark(), None, at_offsets(EVENTS[3:5]), next_offset=0)
    assert (plan.rewinds, plan.wants_replay, plan.gap) == (False, True, Gap(target=3, seen_at=0))


def test_after_the_rewind_records_below_the_gap_neither_rewind_nor_ask() -> None:
    gap = Gap(target=5, seen_at=8)
    log = [*at_offsets(EVENTS[:2]), EVENTS[6]._replace(offset=2), beacon(9, EVENTS[8].hash, offset=3)]
    plan = plan_batch(Watermark(), gap, log, next_offset=0)
    assert (plan.watermark.pseq, plan.rewinds, plan.wants_replay, plan.gap) == (2, False, False, gap)


def test_past_the_place_of_the_gap_the_producer_is_asked() -> None:
    gap = Gap(target=5, seen_at=8)
    plan = plan_batch(after(2), gap, [EVENTS[5]._replace(offset=8)], next_offset=8)
    assert (plan.rewinds, plan.wants_replay, plan.gap) == (False, True, gap)


def test_the_gap_closes_when_the_missing_events_are_applied() -> None:
    plan = plan_batch(after(2), Gap(target=4, seen_at=1), at_offsets(EVENTS[2:4], start=9), next_offset=9)
    assert (plan.watermark.pseq, plan.gap) == (4, None)


def test_a_beacon_tells_that_the_tail_is_missing() -> None:
    plan = plan_batch(after(4), None, [beacon(6, EVENTS[5].hash, offset=4)], next_offset=4)
    assert (plan.gap, plan.rewinds, plan.seen_pseq) == (Gap(target=6, seen_at=4), True, 6)


def test_a_beacon_that_agrees_closes_a_gap_that_nothing_lay_behind() -> None:
    plan = plan_batch(after(4), Gap(target=10**9, seen_at=3), [beacon(4, EVENTS[3].hash, offset=7)], next_offset=7)
    assert plan.gap is None


def test_an_old_beacon_says_nothing() -> None:
    plan = plan_batch(after(4), None, [beacon(2, EVENTS[1].hash, offset=4)], next_offset=4)
    assert (plan.gap, plan.wants_replay, plan.stop_reason) == (None, False, None)


def test_a_beacon_with_another_history_stops_the_stream() -> None:
    plan = plan_batch(after(4), None, [beacon(4, b"\1" * 32, offset=4)], next_offset=4)
    assert plan.stop_reason is not None
    assert "chain" in plan.stop_reason


def test_a_beacon_of_a_new_epoch_stops_the_stream_and_one_of_an_old_epoch_is_ignored() -> None:
    assert plan_batch(after(4), None, [beacon(4, EVENTS[3].hash, offset=4, epoch=2)], next_offset=4).stop_reason
    old = plan_batch(after(4, epoch=2), None, [beacon(9, b"\1" * 32, offset=4)], next_offset=4)
    assert (old.stop_reason, old.gap) == (None, None)


def test_a_broken_chain_keeps_what_came_before_and_stops_there() -> None:
    log = at_offsets([EVENTS[0], EVENTS[1]._replace(prev_hash=b"\1" * 32), EVENTS[2]])
    plan = plan_batch(Watermark(), None, log, next_offset=0)
    assert ([event.pseq for event in plan.to_apply], plan.next_offset) == ([1], 1)
    assert plan.stop_reason is not None


def test_a_record_that_is_not_ours_is_stepped_over() -> None:
    log: list[Record] = [EVENTS[0], Foreign(1, "KeyError"), EVENTS[1]._replace(offset=2)]
    plan = plan_batch(Watermark(), None, log, next_offset=0)
    assert (plan.watermark.pseq, plan.strangers, plan.next_offset) == (2, ["KeyError"], 3)


class SimulatedPartition:
    """A log and a producer that sends again what it is asked for; the consumer reads pages of it."""

    def __init__(self, count: int, log: list[int], page: int) -> None:
        self.events = arrivals(["k"] * count)
        self.log: list[Record] = at_offsets([self.events[place] for place in log])
        self.page = page
        self.watermark, self.gap, self.position = Watermark(), None, 0
        self.steps = 0
        self.applied: list[int] = []

    def run(self) -> None:
        """Read until everything is applied; a beacon lies at the end whenever the end is reached."""
        while self.watermark.pseq < len(self.events):
            if self.position >= len(self.log):
                end = self.events[-1]
                self.log.append(beacon(end.pseq, end.hash, offset=len(self.log)))
            records = self.log[self.position : self.position + self.page]
            self.steps += len(records)
            self._take(plan_batch(self.watermark, self.gap, records, next_offset=self.position))

    def _take(self, plan: Plan) -> None:
        assert plan.stop_reason is None
        self.applied += [event.pseq for event in plan.to_apply]
        self.watermark, self.gap = plan.watermark, plan.gap
        self.position = plan.next_offset
        if plan.wants_replay:
            self.log += at_offsets(self.events[self.watermark.pseq :], start=len(self.log))


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 30), st.lists(st.integers(0, 29), max_size=80), st.integers(1, 7))
def test_every_log_ends_with_everything_applied_once_in_order(count: int, order: list[int], page: int) -> None:
    partition = SimulatedPartition(count, [place for place in order if place < count], page)
    partition.run()
    assert partition.applied == list(range(1, count + 1))


def test_ten_thousand_events_behind_a_gap_arrive_without_rewinding_again_and_again() -> None:
    """Only the tail is there, read in pages of a hundred: a rule that rewinds at every page never ends."""
    count = 10_000
    partition = SimulatedPartition(count, list(range(count // 2, count)), page=100)
    partition.run()
    assert partition.applied == list(range(1, count + 1))
    assert partition.steps <= 2 * count


def test_a_new_tail_before_an_old_beginning_is_read_twice_at_most() -> None:
    """What a consumer sees of a broker that was wiped and filled again while it was reading."""
    count = 2000
    log = [*range(1500, count), *range(count)]
    partition = SimulatedPartition(count, log, page=100)
    partition.run()
    assert partition.applied == list(range(1, count + 1))
    assert partition.steps <= 2 * len(log)
