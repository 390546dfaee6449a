"""Which doors stand open, why, and when the aim behind a door is reached."""

from __future__ import annotations

from datetime import date

import pytest

from services.pipeline.domain.doors import choose_door, find_aim_day, has_reached_aim, open_doors
from services.pipeline.domain.memberships import DoorShut
from services.pipeline.domain.pools import UnknownDoor, UnknownPool
from tests.pipeline.application import pools
from tests.pipeline.facts import TODAY, Firm, recognition

LAPSED = recognition(issued_on=date(2022, 11, 18))
VALID = recognition(issued_on=date(2025, 10, 1))


def doors_of(firm: Firm) -> list[str]:
    return [fit.door.id for fit in open_doors(pools(), firm.state, TODAY)]


def lincang(**fields: object) -> Firm:
    return Firm(1, "530902", **fields)


def test_in_lincang_door_a_is_for_hntes_below_scale_and_door_b_for_others_above() -> None:
    hnte, above = lincang(), lincang()
    hnte.granted(VALID)
    above.scaled()
    assert doors_of(hnte) == ["A"]
    assert doors_of(above) == ["B"]
    hnte.scaled()
    assert doors_of(hnte) == []


@pytest.mark.parametrize("region", ["530902", "530402", "371302", "533102", "620723", "110101"])
def test_a_lapsed_hnte_that_was_not_recognised_again_is_a_candidate_everywhere(region: str) -> None:
    firm = Firm(1, region)
    firm.granted(LAPSED)
    assert doors_of(firm) == ["lapsed"]
    firm.granted(recognition(issued_on=date(2026, 10, 15), sequence="after_gap"))
    assert "lapsed" not in doors_of(firm)


def test_a_revoked_hnte_did_not_lapse() -> None:
    firm = Firm(1, "530402")
    firm.granted(LAPSED)
    firm.revoked(LAPSED, on=date(2024, 1, 1))
    assert doors_of(firm) == []


def test_in_yuxi_little_giants_and_contest_winners_are_candidates() -> None:
    firm = Firm(1, "530402")
    firm.granted(recognition("little_giant", date(2025, 1, 1)))
    firm.granted(recognition("contest_winner", date(2021, 1, 1), valid_until_on=None))
    assert doors_of(firm) == ["little_giant", "contest_winner"]


def test_in_linze_the_rungs_below_are_candidates() -> None:
    firm = Firm(1, "620723")
    firm.granted(recognition("tech_sme", date(2026, 7, 1), valid_until_on=date(2027, 3, 31)))
    assert doors_of(firm) == ["next_rung"]


def test_no_door_stands_open_to_a_trade_union() -> None:
    firm = lincang(is_candidate=False)
    firm.granted(VALID)
    assert doors_of(firm) == []


def test_the_reasons_name_fact_clause_and_what_a_person_must_judge() -> None:
    firm = lincang()
    firm.granted(VALID)
    fit = next(open_doors(pools(), firm.state, TODAY))
    text = "\n".join(fit.reasons())
    assert "高新技术企业资格有效为是" in text
    assert "二(二)" in text
    assert "须由人判断" in text
    assert fit.to_json()["provision_ids"] == ["LC-2.2-b"]


def test_a_shut_door_lists_what_is_not_met() -> None:
    pool = pools().for_region("530902").get_pool(None)
    with pytest.raises(DoorShut) as refused:
        choose_door(pools(), pool, "B", lincang().state, TODAY)
    assert [error.code for error in refused.value.errors] == ["condition_not_met"]
    assert "规模以上" in refused.value.errors[0].detail


def test_without_a_name_the_open_door_is_taken_and_else_the_one_of_decision() -> None:
    pool = pools().for_region("530902").get_pool("hnte")
    firm = lincang()
    assert choose_door(pools(), pool, None, firm.state, TODAY).door.id == "recommended"
    firm.scaled()
    assert choose_door(pools(), pool, None, firm.state, TODAY).door.id == "B"


def test_unknown_pools_and_doors_are_refused_with_those_there_are() -> None:
    pack = pools().for_region("530902")
    with pytest.raises(UnknownPool, match="hnte"):
        pack.get_pool("nothing")
    with pytest.raises(UnknownDoor, match="recommended"):
        pack.pools[0].get_door("Z")


@pytest.mark.parametrize(
    ("admitted_on", "aim_on"),
    [(date(2026, 1, 1), date(2026, 10, 15)), (date(2026, 11, 1), date(2026, 11, 1))],
)
def test_the_aim_is_reached_on_the_day_of_the_certificate_but_not_before_the_admission(
    admitted_on: date, aim_on: date
) -> None:
    firm = lincang()
    door = pools().national.pools[0].get_door("recommended")
    assert find_aim_day(pools(), door, firm.state, since=admitted_on, today=TODAY) is None
    firm.granted(recognition(issued_on=date(2026, 10, 15)))
    assert find_aim_day(pools(), door, firm.state, since=admitted_on, today=TODAY) == aim_on


def test_who_entered_as_hnte_below_scale_aims_at_scale_not_at_another_certificate() -> None:
    firm = lincang()
    firm.granted(VALID)
    door = pools().for_region("530902").get_pool("hnte").get_door("A")
    assert not has_reached_aim(pools(), door, firm.state, TODAY)
    firm.scaled()
    assert has_reached_aim(pools(), door, firm.state, TODAY)


def test_an_aim_once_reached_counts_even_if_it_was_heard_of_after_it_ended() -> None:
    firm = lincang()
    firm.granted(LAPSED)
    door = pools().national.pools[0].get_door("recommended")
    assert find_aim_day(pools(), door, firm.state, since=date(2022, 1, 1), today=TODAY) == LAPSED.issued_on
