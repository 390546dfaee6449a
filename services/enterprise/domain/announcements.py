"""What the passing of time makes known: lapses and changed rungs, each said once, on its day or as soon as possible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.enterprise.domain.enterprise import Enterprise, Recognition
from services.enterprise.domain.recognitions import lapses_on
from services.enterprise.domain.rungs import RungHeld, next_step_after, rung_held_on


@dataclass(frozen=True, slots=True)
class Lapse:
    """A recognition whose validity ended without renewal on the day before `lapsed_on`."""

    recognition: Recognition
    lapsed_on: date


@dataclass(frozen=True, slots=True)
class RungStep:
    """The rung said last is no longer the one held since `changed_on`."""

    from_rung: str
    to_rung: str
    changed_on: date


def due_lapses(enterprise: Enterprise, today: date) -> list[Lapse]:
    """Return the lapses up to today that nobody has been told, oldest first."""
    found = [Lapse(r, day) for r, day in _unsaid_lapses(enterprise) if day <= today]
    return sorted(found, key=lambda lapse: lapse.lapsed_on)


def due_rung_step(enterprise: Enterprise, timeline: Sequence[RungHeld], today: date) -> RungStep | None:
    """Return the change between the rung said last and today's, with the day since which today's is held."""
    held = rung_held_on(timeline, today)
    if held.rung == enterprise.said_rung:
        return None
    return RungStep(enterprise.said_rung, held.rung, min(held.from_on, today))


def next_due_on(enterprise: Enterprise, timeline: Sequence[RungHeld], today: date) -> date | None:
    """Return the next day on which something will have to be said, None where time alone changes nothing."""
    days = [day for _, day in _unsaid_lapses(enterprise)]
    step = next_step_after(timeline, today)
    return min([*days, *([step] if step else [])], default=None)


def _unsaid_lapses(enterprise: Enterprise) -> list[tuple[Recognition, date]]:
    pairs = ((r, lapses_on(r, enterprise.recognitions)) for r in enterprise.recognitions if not r.lapse_said)
    return [(recognition, day) for recognition, day in pairs if day is not None]
