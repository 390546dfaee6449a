"""The rung of any day, against a model that asks every day anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.enterprise.domain.enterprise import Recognition
from services.enterprise.domain.ladders import NATIONAL_LADDER, LadderRungs
from services.enterprise.domain.rungs import next_step_after, rung_held_on, rung_timeline
from tests.enterprise.application import LADDERS

LINCANG, LINZE = LADDERS.for_region("530921"), LADDERS.for_region("620723")
KINDS = ("tech_sme", "provincial_tech_sme", "provincial_innovator", "hnte", "leading", "little_giant")
START = date(2018, 1, 1)
DAYS = [START + timedelta(days=n) for n in range(0, 5000, 7)]


@st.composite
def recognitions(draw: st.DrawFn) -> list[Recognition]:
    found = []
    for number in range(draw(st.integers(0, 6))):
        issued_on = START + timedelta(days=draw(st.integers(0, 4000)))
        length = draw(st.none() | st.integers(0, 1500))
        revoked_after = draw(st.none() | st.integers(-30, 1500))
        found.append(
            Recognition(
                id=UUID(int=number),
                kind=draw(st.sampled_from(KINDS)),
                issued_on=issued_on,
                valid_until_on=None if length is None else issued_on + timedelta(days=length),
                revoked_on=None if revoked_after is None else issued_on + timedelta(days=revoked_after),
            )
        )
    return found


def model_rung(ladder: LadderRungs, held: list[Recognition], day: date) -> str:
    """Ask each recognition whether it counts on this very day, and take the highest rung."""
    best = 0
    for recognition in held:
        until = recognition.valid_until_on
        if recognition.kind == "tech_sme" and until is not None:
            until = date(until.year, 12, 31)
        counts = recognition.issued_on <= day and (until is None or day <= until)
        if recognition.revoked_on is not None and day >= recognition.revoked_on:
            counts = False
        for height, rung in enumerate(ladder.rungs):
            if counts and recognition.kind in rung.kinds:
                best = max(best, height)
    return ladder.rungs[best].id


@given(recognitions(), st.sampled_from([LINCANG, LINZE, NATIONAL_LADDER]), st.integers(-1000, 4000))
def test_the_timeline_says_for_every_day_what_the_model_says(
    held: list[Recognition], ladder: LadderRungs, registered_after: int
) -> None:
    since = START + timedelta(days=registered_after)
    timeline = rung_timeline(ladder, held, since=since)
    days = {*DAYS, *(r.issued_on for r in held), *(r.valid_until_on or START for r in held)}
    for day in days | {day + timedelta(days=1) for day in days}:
        assert rung_held_on(timeline, day).rung == model_rung(ladder, held, day), day


@given(recognitions())
def test_intervals_adjoin_differ_and_leave_the_end_open(held: list[Recognition]) -> None:
    timeline = rung_timeline(LINCANG, held, since=START)
    assert timeline[-1].until_on is None
    for earlier, later in pairwise(timeline):
        assert earlier.until_on == later.from_on
        assert earlier.rung != later.rung
        assert earlier.from_on < later.from_on


def hnte(issued_on: date, valid_until_on: date) -> Recognition:
    return Recognition(UUID(int=1), "hnte", issued_on, valid_until_on)


def test_a_certain_lapse_is_in_the_timeline_before_it_happens() -> None:
    timeline = rung_timeline(LINCANG, [hnte(date(2025, 12, 3), date(2028, 12, 2))], since=date(2010, 1, 1))
    assert [(held.rung, held.from_on) for held in timeline] == [
        ("micro_small", date(2010, 1, 1)),
        ("hnte", date(2025, 12, 3)),
        ("micro_small", date(2028, 12, 3)),
    ]
    assert next_step_after(timeline, date(2026, 11, 21)) == date(2028, 12, 3)


def test_the_gap_of_the_yearly_number_does_not_lose_the_rung_before_the_year_is_over() -> None:
    number = Recognition(UUID(int=1), "tech_sme", date(2025, 6, 1), date(2026, 3, 31))
    timeline = rung_timeline(LINCANG, [number], since=date(2010, 1, 1))
    assert rung_held_on(timeline, date(2026, 12, 31)).rung == "tech_sme"
    assert rung_held_on(timeline, date(2027, 1, 1)).rung == "micro_small"
    revoked = replace(number, revoked_on=date(2026, 5, 1))
    assert rung_held_on(rung_timeline(LINCANG, [revoked], since=START), date(2026, 5, 1)).rung == "micro_small"


def test_a_place_without_a_ladder_of_its_own_has_the_national_one() -> None:
    assert LADDERS.for_region("110101") is NATIONAL_LADDER
    assert LADDERS.for_region("530900").id == LADDERS.for_region("530921").id == "lincang"
    assert LADDERS.for_region("620723").id == "linze"
