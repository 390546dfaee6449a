"""The ladders of the five jurisdictions, as the policies print them."""

from __future__ import annotations

from datetime import date

import pytest

from shared.rules.ladders import load_ladders
from tests.jurisdictions.library import JURISDICTIONS

LADDERS = load_ladders(JURISDICTIONS)


@pytest.mark.parametrize(
    ("region", "rungs"),
    [
        ("530402", ["micro_small", "tech_sme", "hnte", "leading"]),
        ("530902", ["micro_small", "tech_sme", "hnte", "leading"]),
        ("371302", ["micro_small", "tech_sme", "hnte", "leading"]),
        ("533103", ["micro_small", "tech_sme", "provincial_innovator", "hnte", "leading"]),
        ("620723", ["micro_small", "tech_sme", "provincial_innovator", "hnte"]),
    ],
)
def test_a_county_climbs_the_ladder_of_its_jurisdiction(region: str, rungs: list[str]) -> None:
    ladder = LADDERS.for_region(region)
    assert ladder is not None
    assert [rung.id for rung in ladder.rungs] == rungs


def test_the_highest_valid_recognition_gives_the_rung() -> None:
    linze = LADDERS.for_region("620723")
    assert linze is not None
    assert linze.rung_for({"tech_sme", "provincial_innovator"}).id == "provincial_innovator"
    assert linze.rung_for({"hnte", "tech_sme"}).id == "hnte"
    assert linze.rung_for({"key_laboratory"}).id == "micro_small"


def test_the_provincial_list_counts_as_the_second_rung_where_the_policy_counts_it() -> None:
    rung = {code: LADDERS.for_region(code).rung_for({"provincial_tech_sme"}).id for code in ("530402", "371302")}
    assert rung == {"530402": "tech_sme", "371302": "micro_small"}


def test_a_region_outside_every_jurisdiction_has_no_ladder() -> None:
    assert LADDERS.for_region("110101") is None


@pytest.mark.parametrize(
    ("kind", "issued_on", "printed", "ends_on"),
    [
        ("hnte", date(2023, 12, 4), None, date(2026, 12, 3)),
        ("hnte", date(2022, 11, 18), date(2025, 11, 18), date(2025, 11, 18)),
        ("hnte", date(2024, 2, 29), None, date(2027, 2, 27)),
        ("tech_sme", date(2025, 7, 1), None, date(2026, 3, 31)),
        ("tech_sme", date(2025, 1, 5), None, date(2026, 3, 31)),
        ("key_laboratory", date(2025, 1, 5), None, None),
        ("leading", date(2025, 1, 5), date(2028, 1, 4), date(2028, 1, 4)),
        ("contest_winner", date(2025, 1, 5), None, None),
    ],
)
def test_the_kind_fixes_the_last_valid_day_unless_the_certificate_prints_it(kind, issued_on, printed, ends_on) -> None:
    found = LADDERS.kinds.find(kind)
    assert found is not None
    assert found.last_valid_day(issued_on, printed) == ends_on


def test_every_kind_of_the_contract_is_registered() -> None:
    contract = {"tech_sme", "provincial_tech_sme", "provincial_innovator", "hnte", "leading", "little_giant"}
    assert contract | {"contest_winner"} <= set(LADDERS.kinds.ids)
