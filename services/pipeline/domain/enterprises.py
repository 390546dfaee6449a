"""What the pipeline knows of an enterprise: the newest state it heard, and the places where it has been."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from services.pipeline.domain.board import Course, Place, RungSpan, Stay, Step
from shared.events.enterprise import EnterpriseEvent, EnterpriseMoved, EnterpriseState, RecognitionState

SINCE_EVER = date.min


def is_valid_on(recognition: RecognitionState, day: date) -> bool:
    """Tell whether a recognition holds on a day: issued, not past its last day, not revoked."""
    if recognition.revoked_on is not None and recognition.revoked_on <= day:
        return False
    ends = recognition.valid_until_on
    return recognition.issued_on <= day and (ends is None or day <= ends)


def is_above_scale_on(state: EnterpriseState, day: date) -> bool:
    """Tell whether the enterprise is on the list of those above designated size; who is not listed is below."""
    begun = [interval for interval in state.scale if interval.from_on <= day]
    return max(begun, key=lambda interval: interval.from_on).above_scale if begun else False


def fact_days(state: EnterpriseState) -> list[date]:
    """Return the days on which some fact about the enterprise begins or ends to hold, in order."""
    days = {interval.from_on for interval in state.scale}
    for recognition in state.recognitions:
        days.add(recognition.issued_on)
        if recognition.valid_until_on is not None:
            days.add(recognition.valid_until_on + timedelta(days=1))
        if recognition.revoked_on is not None:
            days.add(recognition.revoked_on)
    return sorted(days)


def next_fact_day(state: EnterpriseState, today: date) -> date | None:
    """Return the next day after today on which the facts change by themselves."""
    return next((day for day in fact_days(state) if day > today), None)


def places_after(places: Sequence[Place], event: EnterpriseEvent) -> tuple[Place, ...]:
    """Return the places once the event is taken in.

    A move is dated; a place that differs without a move corrects the present stay.
    """
    state = event.enterprise
    if isinstance(event, EnterpriseMoved):
        before = tuple(p for p in places if p.from_on < event.moved_on)
        came_from = before or (Place(event.from_region_code, event.from_park_code, SINCE_EVER),)
        return (*came_from, Place(state.region_code, state.park_code, event.moved_on))
    since = places[-1].from_on if places else SINCE_EVER
    return (*places[:-1], Place(state.region_code, state.park_code, since))


@dataclass(frozen=True)
class EnterpriseCopy:
    """An enterprise as the pipeline keeps it; `steps` is what it adds to the board now."""

    state: EnterpriseState
    first_known_on: date
    places: tuple[Place, ...]
    stays: tuple[Stay, ...] = ()
    steps: tuple[Step, ...] = ()

    @property
    def course(self) -> Course:
        """Everything that decides the steps."""
        return course_of(self.state, first_known_on=self.first_known_on, places=self.places, stays=self.stays)


def follow(known: EnterpriseCopy | None, event: EnterpriseEvent, *, heard_on: date) -> EnterpriseCopy | None:
    """Return the copy once the event is taken in, None where it tells nothing new: an older or a repeated state."""
    state = event.enterprise
    if known is None:
        return EnterpriseCopy(state, heard_on, places_after((), event))
    if state.version <= known.state.version:
        return None
    return replace(known, state=state, places=places_after(known.places, event))


def course_of(
    state: EnterpriseState, *, first_known_on: date, places: Sequence[Place], stays: Sequence[Stay]
) -> Course:
    """Return the course of an enterprise: it enters the board when registered, else when it was first heard of."""
    return Course(
        entered_on=state.registered_on or first_known_on,
        is_candidate=state.is_candidate,
        rungs=tuple(RungSpan(span.rung, span.from_on, span.until_on) for span in state.rungs),
        places=tuple(places),
        stays=tuple(stays),
    )


def dump_places(places: Sequence[Place]) -> list[list[Any]]:
    """Return the places as plain JSON."""
    return [[place.region_code, place.park_code, place.from_on.isoformat()] for place in places]


def load_places(stored: Sequence[Sequence[Any]]) -> tuple[Place, ...]:
    """Return the places that dump_places wrote."""
    return tuple(Place(region, park, date.fromisoformat(day)) for region, park, day in stored)
