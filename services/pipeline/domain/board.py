"""The board's arithmetic: an enterprise's course as dated steps from cell to cell; a change is a difference of courses.

Every step is +1 in the cell entered and -1 in the cell left, on its day. A board as of a day is the sum of all of them
up to that day, so it can be kept as sums and never needs the enterprises themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

BASE_RUNG = "micro_small"
"""The rung of days for which the registry names none."""


class PoolState(StrEnum):
    """Where an enterprise stands towards the pools: in one now, last left one with its aim reached, or neither."""

    NONE = "none"
    ENROLLED = "enrolled"
    GRADUATED = "graduated"


class Cell(NamedTuple):
    """One field of the board. `park_code` is '' outside parks; no candidates stand in cells of their own."""

    rung: str
    pool_state: str
    region_code: str
    park_code: str
    is_candidate: bool


class Step(NamedTuple):
    """From `day` on the enterprise stands in `cell`."""

    day: date
    cell: Cell


class RungSpan(NamedTuple):
    """The rung held from `from_on` until the day before `until_on`."""

    rung: str
    from_on: date
    until_on: date | None


class Place(NamedTuple):
    """County and park from `from_on` on; the first place of an enterprise holds since ever."""

    region_code: str
    park_code: str | None
    from_on: date


class Stay(NamedTuple):
    """A stay in a pool; it ends on `ended_on`, which is the first day outside."""

    admitted_on: date
    ended_on: date | None
    graduated: bool


@dataclass(frozen=True)
class Course:
    """All dated facts that decide where an enterprise stood on which day."""

    entered_on: date
    is_candidate: bool
    rungs: tuple[RungSpan, ...]
    places: tuple[Place, ...]
    stays: tuple[Stay, ...] = ()


Changes = Mapping[tuple[date, Cell], int]


def rung_on(rungs: Iterable[RungSpan], day: date) -> str:
    """Return the rung held on a day."""
    for span in rungs:
        if span.from_on <= day and (span.until_on is None or day < span.until_on):
            return span.rung
    return BASE_RUNG


def place_on(places: Sequence[Place], day: date) -> Place:
    """Return where the enterprise was on a day."""
    return next((place for place in reversed(places) if place.from_on <= day), places[0])


def pool_state_on(stays: Iterable[Stay], day: date) -> PoolState:
    """Return how the enterprise stood towards the pools on a day."""
    begun = [stay for stay in stays if stay.admitted_on <= day]
    if any(stay.ended_on is None or day < stay.ended_on for stay in begun):
        return PoolState.ENROLLED
    ended = [(stay.ended_on, stay.admitted_on, stay.graduated) for stay in begun if stay.ended_on]
    return PoolState.GRADUATED if ended and max(ended)[2] else PoolState.NONE


def cell_on(course: Course, day: date) -> Cell | None:
    """Return the cell of a day, None before the enterprise existed."""
    if day < course.entered_on:
        return None
    place = place_on(course.places, day)
    state = pool_state_on(course.stays, day)
    rung = rung_on(course.rungs, day)
    return Cell(rung, state.value, place.region_code, place.park_code or "", course.is_candidate)


def steps_of(course: Course) -> tuple[Step, ...]:
    """Return the course as steps, each into another cell than the one before."""
    days = {course.entered_on, *(place.from_on for place in course.places)}
    for span in course.rungs:
        days |= {span.from_on, span.until_on or span.from_on}
    for stay in course.stays:
        days |= {stay.admitted_on, stay.ended_on or stay.admitted_on}
    steps: list[Step] = []
    for day in sorted(days):
        cell = cell_on(course, day)
        if cell is not None and (not steps or steps[-1].cell != cell):
            steps.append(Step(day, cell))
    return tuple(steps)


def contribution_of(steps: Iterable[Step]) -> Counter[tuple[date, Cell]]:
    """Return what these steps add to the board: +1 where a cell is entered, -1 where one is left."""
    adds: Counter[tuple[date, Cell]] = Counter()
    left: Cell | None = None
    for day, cell in steps:
        adds[day, cell] += 1
        if left is not None:
            adds[day, left] -= 1
        left = cell
    return adds


def changes_between(before: Iterable[Step], after: Iterable[Step]) -> Changes:
    """Return what has to be added to the board when one course replaces another."""
    difference = contribution_of(after)
    difference.subtract(contribution_of(before))
    return {where: count for where, count in difference.items() if count}


def dump_steps(steps: Iterable[Step]) -> list[list[Any]]:
    """Return the steps as plain JSON."""
    return [[day.isoformat(), *cell] for day, cell in steps]


def load_steps(stored: Iterable[Sequence[Any]]) -> tuple[Step, ...]:
    """Return the steps that dump_steps wrote."""
    return tuple(Step(date.fromisoformat(day), Cell(*cell)) for day, *cell in stored)


def dump_stays(stays: Iterable[Stay]) -> list[list[Any]]:
    """Return the stays as plain JSON."""
    return [[s.admitted_on.isoformat(), s.ended_on and s.ended_on.isoformat(), s.graduated] for s in stays]


def load_stays(stored: Iterable[Sequence[Any]]) -> tuple[Stay, ...]:
    """Return the stays that dump_stays wrote."""
    return tuple(
        Stay(date.fromisoformat(admitted_on), date.fromisoformat(ended_on) if ended_on else None, graduated)
        for admitted_on, ended_on, graduated in stored
    )
