"""科小 readiness: the score table at its borders, the size limits, and direct entry."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from services.pipeline.domain.readiness.accounts import Accounts
from services.pipeline.domain.readiness.assessment import assess
from services.pipeline.domain.readiness.rules import Target
from services.pipeline.domain.readiness.sentences import verdict_sentence
from shared.events.enterprise import BlockState
from tests.pipeline.application import readiness
from tests.pipeline.facts import TODAY, Firm, recognition
from tests.pipeline.readiness import WAN, YI, firm_with, found, outcome, tech_sme


def small(*, tech: int = 300, rd: int = 2, **more: Any) -> Firm:
    """A small enterprise: technical staff per thousand, R&D in percent of sales."""
    figures = {
        "staff_count": 500,
        "tech_staff_count": tech // 2,
        "revenue_fen": 100 * WAN,
        "rd_expense_fen": rd * WAN,
        "total_assets_fen": YI,
    }
    return firm_with({2025: {**figures, **more}})


def test_thirty_percent_staff_two_percent_rd_and_four_class_two_make_54_and_fail() -> None:
    answer = tech_sme(small(), class_one_ip_count=0, class_two_ip_count=4)
    assert outcome(answer, "score") == ("not_met", 54, 6)
    assert answer.result == "not_met"


def test_five_percent_rd_makes_84_and_reaches_the_threshold() -> None:
    answer = tech_sme(small(rd=5), class_one_ip_count=0, class_two_ip_count=4)
    assert outcome(answer, "score") == ("met", 84, 0)
    assert [f.condition.id for f in answer.required if f.result != "met"] == ["tech_sme.products"]
    assert "按已登记的数据评分84分,达到60分" in verdict_sentence(answer)


def test_eighty_points_with_too_few_technical_staff_still_fail() -> None:
    firm = small(rd=6, staff_count=500, tech_staff_count=49)
    answer = tech_sme(firm, class_one_ip_count=1)
    assert outcome(answer, "score") == ("met", 80, 0)
    assert outcome(answer, "tech_staff_item") == ("not_met", Decimal("0.098"), 1)
    assert answer.result == "not_met"
    exact = tech_sme(small(rd=6, staff_count=1_000, tech_staff_count=99), class_one_ip_count=1)
    assert outcome(exact, "tech_staff_item") == ("not_met", Decimal("0.099"), 1)


@pytest.mark.parametrize(
    ("per_thousand", "points"),
    [(300, 20), (298, 16), (250, 16), (248, 12), (200, 12), (198, 8), (150, 8), (148, 4), (100, 4), (98, 0)],
)
def test_each_band_of_technical_staff_includes_its_lower_bound(per_thousand: int, points: int) -> None:
    item = tech_sme(small(tech=per_thousand)).score.find("tech_staff")
    assert item
    assert (item.least, item.most) == (points, points)


def _rd_points(revenue_fen: int | None, cost_fen: int | None, rd_fen: int) -> tuple[int, int, bool]:
    known = {"revenue_fen": revenue_fen, "cost_and_expense_fen": cost_fen, "rd_expense_fen": rd_fen}
    figures = {name: value for name, value in known.items() if value is not None}
    accounts = Accounts(TODAY, date(2015, 1, 1), {2025: figures})
    item = assess(readiness(), Target.TECH_SME, Firm(1).state, TODAY, accounts).score.find("rd")
    assert item
    return item.least, item.most, item.is_judged


@pytest.mark.parametrize(
    ("revenue_fen", "cost_fen", "rd_fen", "points"),
    [
        (100, 100, 6, (50, 50, False)),
        (1_000, None, 59, (40, 40, False)),
        (100, None, 5, (40, 40, False)),
        (100, None, 4, (30, 30, False)),
        (100, None, 3, (20, 20, False)),
        (100, None, 2, (10, 10, False)),
        (1_000, None, 19, (0, 0, False)),
        (10_000, 1_000, 300, (50, 50, False)),
        (10_000, 1_000, 100, (10, 10, False)),
        (10_000, 1_000, 250, (40, 40, False)),
        (0, 1_000, 200, (30, 30, False)),
        (None, None, 200, (0, 50, True)),
        (0, None, 200, (0, 50, True)),
    ],
)
def test_rd_takes_the_larger_of_two_ways_and_only_the_first_without_costs(
    revenue_fen: int | None, cost_fen: int | None, rd_fen: int, points: tuple[int, int, bool]
) -> None:
    assert _rd_points(revenue_fen, cost_fen, rd_fen) == points


@pytest.mark.parametrize(
    ("standing", "points"),
    [
        ({}, (0, 30)),
        ({"class_one_ip_count": 1}, (30, 30)),
        ({"class_two_ip_count": 4}, (24, 30)),
        ({"class_one_ip_count": 0, "class_two_ip_count": 3}, (18, 18)),
        ({"class_one_ip_count": 0, "class_two_ip_count": 2}, (12, 12)),
        ({"class_one_ip_count": 0, "class_two_ip_count": 1}, (6, 6)),
        ({"class_one_ip_count": 0, "class_two_ip_count": 0}, (0, 0)),
    ],
)
def test_unknown_ip_leaves_a_range(standing: dict[str, Any], points: tuple[int, int]) -> None:
    item = tech_sme(small(), **standing).score.find("ip")
    assert item
    assert (item.least, item.most) == points


def test_a_score_that_ip_may_still_lift_is_unknown_and_one_it_cannot_is_not_met() -> None:
    may, cannot = tech_sme(small(rd=2)), tech_sme(small(rd=1))
    assert (may.score.least, may.score.most, found(may, "score").result) == (30, 60, "unknown")
    assert "可能达到60分" in verdict_sentence(may)
    assert outcome(cannot, "score") == ("not_met", None, 10)


@pytest.mark.parametrize(
    ("condition", "figure", "limit"),
    [
        ("staff_size", "staff_count", 500),
        ("revenue_size", "revenue_fen", 2 * YI),
        ("assets_size", "total_assets_fen", 2 * YI),
    ],
)
def test_each_size_limit_is_included(condition: str, figure: str, limit: int) -> None:
    assert outcome(tech_sme(small(**{figure: limit})), condition) == ("met", limit, 0)
    assert outcome(tech_sme(small(**{figure: limit + 1})), condition) == ("not_met", limit + 1, 1)
    assert found(tech_sme(Firm(1)), condition).missing_zh[0].startswith("缺少2025年")


def test_a_valid_hnte_certificate_waives_the_score_but_no_other_condition() -> None:
    firm = small(tech=0, rd=0, staff_count=501)
    firm.granted(recognition(issued_on=date(2024, 11, 21)))
    answer = tech_sme(firm)
    assert found(answer, "direct_entry").result == "met"
    assert not found(answer, "score").is_required
    assert not found(answer, "tech_staff_item").is_required
    assert [finding.condition.id for finding in answer.gaps] == ["tech_sme.staff_size"]
    assert "评分" not in verdict_sentence(answer)


def test_a_lapsed_certificate_waives_nothing() -> None:
    firm = small(tech=0, rd=0)
    firm.granted(recognition(issued_on=date(2023, 11, 21)))
    assert found(tech_sme(firm, date(2026, 11, 20)), "direct_entry").result == "met"
    answer = tech_sme(firm, date(2026, 11, 21))
    assert found(answer, "direct_entry").result == "not_met"
    assert found(answer, "score").is_required
    assert not found(answer, "direct_entry").is_required


def test_an_institution_below_the_province_waives_nothing() -> None:
    for level, result in (("provincial", "met"), ("municipal", "not_met"), (None, "not_met")):
        firm = small()
        firm.granted(recognition("key_laboratory", level=level))
        assert found(tech_sme(firm), "direct_entry").result == result


def test_incidents_of_this_and_last_calendar_year_and_lists_of_today_count() -> None:
    for kind, from_on, released_on, result in (
        ("integrity_breach", date(2025, 1, 1), date(2025, 1, 2), "not_met"),
        ("integrity_breach", date(2024, 1, 1), date(2025, 1, 1), "met"),
        ("abnormal_operation", date(2024, 1, 1), None, "not_met"),
        ("abnormal_operation", date(2024, 1, 1), TODAY, "met"),
    ):
        firm = Firm(1)
        block = BlockState(id=uuid4(), kind=kind, source="信用中国", from_on=from_on, released_on=released_on)
        firm.updated(blocks=(block,))
        assert found(tech_sme(firm), "no_incident").result == result


def test_a_body_that_is_no_enterprise_is_told_so() -> None:
    union = Firm(1, is_candidate=False, entity_kind="trade_union")
    assert found(tech_sme(union), "resident_enterprise").result == "not_met"
