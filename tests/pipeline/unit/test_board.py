"""Where an enterprise stands on a day, and what a change adds to the board."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.pipeline.domain.board import (
    Cell,
    Course,
    Place,
    PoolState,
    RungSpan,
    Stay,
    cell_on,
    changes_between,
    contribution_of,
    dump_stays,
    dump_steps,
    load_stays,
    load_steps,
    pool_state_on,
    steps_of,
)
from services.pipeline.domain.board_days import mark_days

START = date(2026, 1, 1)
days = st.integers(0, 60).map(lambda n: START + timedelta(days=n))


@st.composite
def courses(draw: st.DrawFn) -> Course:
    """Any course: rungs that adjoin, moves, and stays one after the other."""
    changes = sorted(draw(st.sets(days, min_size=1, max_size=5)))
    rungs = [draw(st.sampled_from(["micro_small", "tech_sme", "hnte"])) for _ in changes]
    ends: list[date | None] = [*changes[1:], None]
    spans = tuple(RungSpan(rung, day, end) for rung, day, end in zip(rungs, changes, ends, strict=True))
    moves = sorted(draw(st.sets(days, max_size=3)))
    places = [Place(draw(st.sampled_from(["A", "B"])), draw(st.sampled_from([None, "P"])), day) for day in moves]
    cuts = sorted(draw(st.lists(days, max_size=6)))
    stays = [Stay(begin, end, draw(st.booleans())) for begin, end in list(pairwise(cuts))[::2]]
    if draw(st.booleans()):
        stays.append(Stay(max([START, *cuts]), None, False))
    return Course(draw(days), draw(st.booleans()), spans, (Place("A", None, date.min), *places), tuple(stays))


def board_of(courses_: list[Course], day: date) -> Counter[Cell]:
    """The recount: every enterprise looked at by itself."""
    return Counter(cell for course in courses_ if (cell := cell_on(course, day)) is not None)


def summed(changes: dict[tuple[date, Cell], int], day: date) -> Counter[Cell]:
    total: Counter[Cell] = Counter()
    for (when, cell), count in changes.items():
        if when <= day:
            total[cell] += count
    return Counter({cell: count for cell, count in total.items() if count})


@given(st.lists(courses(), max_size=4), days)
def test_the_sum_of_all_steps_up_to_a_day_is_the_recount_of_that_day(found: list[Course], day: date) -> None:
    total: Counter[tuple[date, Cell]] = Counter()
    for course in found:
        total.update(contribution_of(steps_of(course)))
    assert summed(dict(total), day) == board_of(found, day)


@given(courses(), courses(), days)
def test_a_change_added_to_the_old_course_gives_the_new_one(before: Course, after: Course, day: date) -> None:
    total = contribution_of(steps_of(before))
    total.update(changes_between(steps_of(before), steps_of(after)))
    assert summed(dict(total), day) == board_of([after], day)


@given(courses())
def test_steps_never_stay_in_the_same_cell_and_survive_storage(course: Course) -> None:
    steps = steps_of(course)
    assert all(earlier.cell != later.cell and earlier.day < later.day for earlier, later in pairwise(steps))
    assert load_steps(dump_steps(steps)) == steps
    assert load_stays(dump_stays(course.stays)) == course.stays
    assert not changes_between(steps, steps)


def test_before_it_existed_an_enterprise_stands_nowhere() -> None:
    course = Course(date(2020, 5, 1), True, (), (Place("530902", None, date.min),))
    assert cell_on(course, date(2020, 4, 30)) is None
    assert cell_on(course, date(2020, 5, 1)) == Cell("micro_small", "none", "530902", "", True)


def test_the_day_of_the_exit_is_the_first_day_outside() -> None:
    stay = Stay(date(2026, 3, 1), date(2026, 9, 1), graduated=True)
    states = [pool_state_on([stay], day) for day in (date(2026, 2, 28), date(2026, 8, 31), date(2026, 9, 1))]
    assert states == [PoolState.NONE, PoolState.ENROLLED, PoolState.GRADUATED]


def test_who_came_back_and_withdrew_no_longer_counts_as_graduated() -> None:
    stays = [Stay(date(2024, 1, 1), date(2025, 1, 1), True), Stay(date(2026, 1, 1), date(2026, 2, 1), False)]
    assert pool_state_on(stays, date(2025, 6, 1)) is PoolState.GRADUATED
    assert pool_state_on(stays, date(2026, 1, 15)) is PoolState.ENROLLED
    assert pool_state_on(stays, date(2026, 6, 1)) is PoolState.NONE


def test_marks_are_today_the_last_months_and_every_new_year() -> None:
    marks = mark_days(date(2026, 11, 21))
    assert {date(2026, 11, 21), date(2026, 11, 1), date(2024, 12, 1), date(1980, 1, 1)} <= marks
    assert date(2024, 11, 1) not in marks
    assert len(marks) < 80
