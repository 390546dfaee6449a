"""What the pipeline makes of the registry's news."""

from __future__ import annotations

from datetime import date

import pytest

from services.pipeline.domain.board import Place
from services.pipeline.domain.enterprises import (
    SINCE_EVER,
    dump_places,
    follow,
    is_above_scale_on,
    is_valid_on,
    load_places,
    next_fact_day,
    places_after,
)
from tests.pipeline.facts import TODAY, Firm, recognition


def test_a_certificate_holds_from_its_issue_to_its_last_day() -> None:
    one = recognition(issued_on=date(2023, 11, 22))
    days = (date(2023, 11, 21), date(2023, 11, 22), date(2026, 11, 21), date(2026, 11, 22))
    assert [is_valid_on(one, day) for day in days] == [False, True, True, False]


def test_a_revoked_certificate_holds_no_longer_from_its_legal_date() -> None:
    one = recognition(issued_on=date(2025, 1, 1), revoked_on=date(2026, 5, 1))
    assert [is_valid_on(one, date(2026, 4, 30)), is_valid_on(one, date(2026, 5, 1))] == [True, False]


def test_who_is_on_no_list_is_below_scale() -> None:
    firm = Firm(1)
    assert not is_above_scale_on(firm.state, TODAY)
    firm.scaled(above=True, from_on=date(2025, 1, 1))
    firm.scaled(above=False, from_on=date(2026, 1, 1))
    assert [is_above_scale_on(firm.state, day) for day in (date(2024, 12, 31), date(2025, 6, 1), TODAY)] == [
        False,
        True,
        False,
    ]


def test_a_move_is_dated_and_a_place_without_a_move_is_a_correction() -> None:
    firm = Firm(1, "530902")
    places = places_after((), firm.registered())
    places = places_after(places, firm.moved("530921", "530900-park-4", on=date(2026, 6, 1)))
    places = places_after(places, firm.updated(park_code=None))
    assert places == (Place("530902", None, SINCE_EVER), Place("530921", None, date(2026, 6, 1)))
    assert load_places(dump_places(places)) == places


def test_a_move_heard_first_tells_where_the_enterprise_came_from() -> None:
    moved = Firm(1, "530902").moved("530921", on=date(2026, 6, 1))
    assert [place.region_code for place in places_after((), moved)] == ["530902", "530921"]


def test_an_older_or_repeated_state_tells_nothing_new() -> None:
    firm = Firm(1)
    first, second = firm.registered(), firm.scaled()
    known = follow(None, second, heard_on=TODAY)
    assert known is not None
    assert follow(known, first, heard_on=TODAY) is None
    assert follow(known, second, heard_on=TODAY) is None


@pytest.mark.parametrize(
    ("issued_on", "expected"),
    [(date(2026, 12, 1), date(2026, 12, 1)), (date(2024, 1, 1), date(2027, 1, 1)), (date(2020, 1, 1), None)],
)
def test_the_next_day_on_which_time_changes_something_is_known(issued_on: date, expected: date | None) -> None:
    firm = Firm(1)
    firm.granted(recognition(issued_on=issued_on))
    assert next_fact_day(firm.state, TODAY) == expected
