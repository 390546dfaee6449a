"""Scopes of boards, eligibility of specialists, and the days of decisions."""

from __future__ import annotations

from datetime import date

import pytest

from services.pipeline.domain.assignments import check_own, own_login
from services.pipeline.domain.board import Stay
from services.pipeline.domain.board_scope import BoardScope, OutsideYourTerritory, board_scope
from services.pipeline.domain.memberships import AlreadyEnrolled, WrongDay, check_admission_day, check_exit_day
from services.pipeline.domain.specialists import NotEligible, UnknownChoice, check_eligible
from shared.kernel.errors import NotFound
from shared.kernel.regions import expand_region
from shared.kernel.roles import Principal, Role, Scope
from tests.pipeline.application import specialist_rules
from tests.pipeline.facts import TODAY

LINCANG = tuple(expand_region("530900"))


def someone(role: Role, scope: Scope) -> Principal:
    return Principal("someone", "someone", "某人", frozenset({role}), scope)


ADMINISTRATOR = someone(Role.ADMINISTRATOR, Scope(everything=True))
CASEWORKER = someone(Role.CASEWORKER, Scope(regions=LINCANG))
COMMITTEE = someone(Role.PARK_COMMITTEE, Scope(regions=LINCANG, park_code="530900-park-1"))


def test_an_administrator_sees_everything_or_what_is_asked() -> None:
    assert board_scope(ADMINISTRATOR, region_code=None, park_code=None) == BoardScope(None, None)
    assert board_scope(ADMINISTRATOR, region_code="530902", park_code="P") == BoardScope(("530902",), "P")


def test_a_caseworker_sees_the_divisions_of_the_bureau() -> None:
    assert board_scope(CASEWORKER, region_code=None, park_code=None) == BoardScope(LINCANG, None)
    assert board_scope(CASEWORKER, region_code="530902", park_code=None) == BoardScope(("530902",), None)
    assert board_scope(CASEWORKER, region_code="530000", park_code=None) == BoardScope(LINCANG, None)
    with pytest.raises(OutsideYourTerritory, match="530402"):
        board_scope(CASEWORKER, region_code="530402", park_code=None)


def test_a_committee_sees_its_own_park_whatever_it_asks() -> None:
    own = BoardScope(LINCANG, "530900-park-1")
    assert board_scope(COMMITTEE, region_code=None, park_code=None) == own
    assert board_scope(COMMITTEE, region_code="530900", park_code="530900-park-1") == own
    with pytest.raises(OutsideYourTerritory, match="530900-park-2"):
        board_scope(COMMITTEE, region_code=None, park_code="530900-park-2")


def test_who_has_no_territory_has_no_board() -> None:
    with pytest.raises(OutsideYourTerritory):
        board_scope(someone(Role.PARK_COMMITTEE, Scope()), region_code=None, park_code=None)


@pytest.mark.parametrize("unit", ["党政机关", "civil_service_like_unit"])
def test_civil_servants_are_no_sci_tech_specialists_but_may_be_leading_officials(unit: str) -> None:
    rules = specialist_rules()
    with pytest.raises(NotEligible, match="云科规"):
        check_eligible(rules.get_kind(None), rules.get_unit_kind(unit))
    check_eligible(rules.get_kind("leading_official"), rules.get_unit_kind(unit))
    check_eligible(rules.get_kind("科技特派员"), rules.get_unit_kind("university"))
    check_eligible(rules.get_kind("科技特派员"), None)


def test_an_unknown_grade_is_refused_with_those_there_are() -> None:
    assert specialist_rules().get_grade("优秀").id == "excellent"
    with pytest.raises(UnknownChoice, match="competent"):
        specialist_rules().get_grade("良好")


def test_an_admission_needs_no_open_stay_and_a_day_after_the_last_one() -> None:
    ended = Stay(date(2025, 1, 1), date(2026, 1, 1), False)
    check_admission_day(TODAY, TODAY, [ended])
    check_admission_day(date(2026, 1, 1), TODAY, [ended])
    with pytest.raises(WrongDay):
        check_admission_day(date(2025, 12, 31), TODAY, [ended])
    with pytest.raises(WrongDay):
        check_admission_day(date(2026, 11, 22), TODAY, [ended])
    with pytest.raises(AlreadyEnrolled, match="2026-03-01"):
        check_admission_day(TODAY, TODAY, [Stay(date(2026, 3, 1), None, False)])


@pytest.mark.parametrize(("day", "allowed"), [(date(2026, 3, 1), True), (TODAY, True), (date(2026, 2, 28), False)])
def test_an_exit_lies_between_admission_and_today(day: date, allowed: bool) -> None:
    if allowed:
        check_exit_day(day, TODAY, date(2026, 3, 1))
    else:
        with pytest.raises(WrongDay):
            check_exit_day(day, TODAY, date(2026, 3, 1))


def test_a_specialist_sees_own_assignments_only() -> None:
    specialist = someone(Role.SPECIALIST, Scope())
    assert own_login(CASEWORKER) is None
    assert own_login(specialist) == "someone"
    check_own(specialist, "someone")
    check_own(CASEWORKER, None)
    with pytest.raises(NotFound):
        check_own(specialist, "another")
