"""The rung of an enterprise on any day, derived from its recognitions and the ladder: one pure function, no flag."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from services.enterprise.domain.enterprise import FIRST_DAY, Enterprise, Recognition
from services.enterprise.domain.ladders import LadderRungs
from services.enterprise.domain.recognitions import rung_ends_on


@dataclass(frozen=True, slots=True)
class RungHeld:
    """The rung held from `from_on` to the day before `until_on`, which is None for the last."""

    rung: str
    from_on: date
    until_on: date | None = None


def rungs_of(enterprise: Enterprise, ladder: LadderRungs) -> tuple[RungHeld, ...]:
    """Return the enterprise's whole way on the ladder, with the lapse that is already certain."""
    return rung_timeline(ladder, enterprise.recognitions, since=enterprise.registered_on or FIRST_DAY)


def rung_timeline(ladder: LadderRungs, recognitions: Sequence[Recognition], *, since: date) -> tuple[RungHeld, ...]:
    """Return adjoining intervals from the lowest rung on; each day's rung is the highest one validly carried.

    The first interval is always on the lowest rung: it also answers for all days before it.
    """
    spans = [(r.kind, r.issued_on, rung_ends_on(r)) for r in recognitions if r.kind in ladder.carrying_kinds]
    spans = [span for span in spans if span[2] is None or span[1] < span[2]]
    if not spans:
        return (RungHeld(ladder.base, since),)
    start = min([since, *(begin - timedelta(days=1) for _, begin, _ in spans)])
    days = sorted({start, *(begin for _, begin, _ in spans), *(end for _, _, end in spans if end is not None)})
    steps: list[tuple[str, date]] = []
    for day in days:
        kinds = {kind for kind, begin, end in spans if begin <= day and (end is None or day < end)}
        rung = ladder.rung_for(kinds)
        if not steps or steps[-1][0] != rung:
            steps.append((rung, day))
    closed = [RungHeld(rung, begin, until) for (rung, begin), (_, until) in pairwise(steps)]
    return (*closed, RungHeld(*steps[-1]))


def rung_held_on(timeline: Sequence[RungHeld], day: date) -> RungHeld:
    """Return the interval that holds the day; the first one for days before it."""
    return next((held for held in reversed(timeline) if held.from_on <= day), timeline[0])


def next_step_after(timeline: Sequence[RungHeld], day: date) -> date | None:
    """Return the first day after `day` on which the rung changes by itself."""
    return next((held.from_on for held in timeline[1:] if held.from_on > day), None)
