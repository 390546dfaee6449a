"""HNTE readiness: article 11 at its borders, three accounting years, and a score that stays a range."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from services.pipeline.domain.readiness.library import NoRuleOnDay
from services.pipeline.domain.readiness.sentences import gap_sentence, verdict_sentence
from shared.events.enterprise import BlockState
from tests.pipeline.facts import TODAY, Firm
from tests.pipeline.readiness import WAN, YI, firm_with, found, hnte, outcome, spending


def three_years(revenue_fen: int, rd_expense_fen: int, latest_fen: int | None = None) -> Firm:
    """An enterprise with two empty-handed years before, so that the latest one decides sums and tier."""
    latest = revenue_fen if latest_fen is None else latest_fen
    rest = revenue_fen - latest
    return firm_with({2023: spending(rest, 0), 2024: spending(0, 0), 2025: spending(latest, rd_expense_fen)})


@pytest.mark.parametrize(
    ("latest_fen", "rd_expense_fen", "expected"),
    [
        (5_000 * WAN, 250 * WAN, ("met", Decimal("0.05"), 0)),
        (5_000 * WAN, 250 * WAN - 1, ("not_met", Decimal("0.049999"), 1)),
        (5_000 * WAN, 5_000 * WAN * 499 // 10_000, ("not_met", Decimal("0.0499"), 500_000)),
        (5_000 * WAN + 1, 200 * WAN + 1, ("met", Decimal("0.04"), 0)),
        (5_000 * WAN + 1, 200 * WAN, ("not_met", Decimal("0.039999"), 1)),
        (2 * YI, 800 * WAN, ("met", Decimal("0.04"), 0)),
        (2 * YI, 800 * WAN - 1, ("not_met", Decimal("0.039999"), 1)),
        (2 * YI + 100, 600 * WAN + 3, ("met", Decimal("0.03"), 0)),
        (2 * YI + 100, 600 * WAN + 2, ("not_met", Decimal("0.029999"), 1)),
    ],
    ids=str,
)
def test_the_share_of_rd_is_judged_by_the_tier_of_the_latest_sales_the_upper_bound_included(
    latest_fen: int, rd_expense_fen: int, expected: tuple[str, Decimal, int]
) -> None:
    assert outcome(hnte(three_years(latest_fen, rd_expense_fen)), "rd_ratio") == expected


def test_the_latest_year_picks_the_tier_and_three_years_make_the_share() -> None:
    finding = found(hnte(three_years(3 * YI, 1_200 * WAN, latest_fen=5_000 * WAN)), "rd_ratio")
    assert (finding.value, finding.threshold, finding.result) == (Decimal("0.04"), Decimal("0.05"), "not_met")
    assert finding.gap
    assert finding.gap.amount == 300 * WAN


def test_it_is_the_share_of_the_sums_not_the_mean_of_shares() -> None:
    firm = firm_with({2023: spending(100 * WAN, 50 * WAN), 2024: spending(1_900 * WAN, 0), 2025: spending(0, 0)})
    assert outcome(hnte(firm), "rd_ratio") == ("not_met", Decimal("0.025"), 50 * WAN)


def test_the_year_asked_in_and_years_before_the_three_do_not_count() -> None:
    firm = firm_with({year: spending(100 * WAN, rd) for year, rd in ((2022, 90), (2023, 0), (2024, 0), (2025, 0))})
    firm.reported(2026, **spending(100 * WAN, 90 * WAN))
    assert outcome(hnte(firm), "rd_ratio") == ("not_met", Decimal("0"), 15 * WAN)


def test_a_younger_enterprise_is_judged_by_its_actual_years() -> None:
    firm = firm_with({2025: spending(100 * WAN, 5 * WAN)}, registered_on=date(2025, 2, 1))
    assert outcome(hnte(firm), "rd_ratio") == ("met", Decimal("0.05"), 0)
    assert found(hnte(Firm(2, registered_on=date(2026, 2, 1))), "rd_ratio").missing_zh == (
        "2026年以前没有完整的会计年度",
    )


def test_sales_of_nought_in_all_years_are_missing_data_never_a_division() -> None:
    finding = found(hnte(three_years(0, 10 * WAN)), "rd_ratio")
    assert (finding.result, finding.value, finding.gap) == ("unknown", None, None)
    assert finding.missing_zh == ("2023—2025年“销售收入”为0,无法计算比例,请核对",)


def test_what_is_missing_is_named_with_its_year_and_who_supplies_it() -> None:
    firm = firm_with({2023: spending(WAN, WAN), 2025: {"revenue_fen": 5 * WAN}})
    finding = found(hnte(firm), "rd_ratio")
    assert finding.result == "unknown"
    assert finding.missing_zh == (
        "缺少2024年“研究开发费用”(由企业提供)",
        "缺少2025年“研究开发费用”(由企业提供)",
        "缺少2024年“销售收入”(由企业提供)",
    )
    assert finding.threshold == Decimal("0.05")


@pytest.mark.parametrize(
    ("condition", "part", "whole", "limit"),
    [
        ("tech_staff_ratio", "tech_staff_count", "staff_count", 10),
        ("ht_income_ratio", "ht_income_fen", "total_income_fen", 60),
    ],
)
def test_a_share_of_the_latest_year_includes_its_bound(condition: str, part: str, whole: str, limit: int) -> None:
    exact = firm_with({2025: {part: 10 * limit, whole: 1_000}})
    assert outcome(hnte(exact), condition) == ("met", Decimal(limit) / 100, 0)
    short = firm_with({2025: {part: 10 * limit - 1, whole: 1_000}})
    assert outcome(hnte(short), condition) == ("not_met", Decimal(10 * limit - 1) / 1_000, 1)
    stale = firm_with({2024: {part: 1_000, whole: 1_000}})
    assert found(hnte(stale), condition).result == "unknown"


def test_the_income_share_is_of_total_income_not_of_sales() -> None:
    figures = {"ht_income_fen": 60, "total_income_fen": 101, "revenue_fen": 100}
    assert outcome(hnte(firm_with({2025: figures})), "ht_income_ratio") == ("not_met", Decimal("0.594059"), 1)


def test_rd_at_home_must_be_three_fifths() -> None:
    for domestic_fen, expected in ((60, ("met", Decimal("0.6"), 0)), (59, ("not_met", Decimal("0.59"), 1))):
        firm = firm_with({year: spending(WAN, 0) for year in (2023, 2024)})
        firm.reported(2025, **spending(WAN, 100, domestic_fen=domestic_fen))
        assert outcome(hnte(firm), "rd_domestic_share") == expected


def test_a_part_larger_than_its_whole_is_a_question_not_an_answer() -> None:
    finding = found(hnte(firm_with({2025: {"tech_staff_count": 11, "staff_count": 10}})), "tech_staff_ratio")
    assert (finding.result, finding.missing_zh) == ("unknown", ("“科技人员数”大于2025年“职工总数”,请核对",))


@pytest.mark.parametrize(("days", "expected"), [(365, ("met", 365, 0)), (364, ("not_met", 364, 1))])
def test_a_year_since_registration_is_365_natural_days(days: int, expected: tuple[str, int, int]) -> None:
    firm = Firm(1, registered_on=TODAY - timedelta(days=days))
    assert outcome(hnte(firm), "registered_one_year") == expected
    assert found(hnte(Firm(1, registered_on=None)), "registered_one_year").result == "unknown"


def _blocked(kind: str, from_on: date, released_on: date | None = None) -> Firm:
    firm = Firm(1)
    block = BlockState(id=uuid4(), kind=kind, source="应急管理局通报", from_on=from_on, released_on=released_on)
    firm.updated(blocks=(block,))
    return firm


def test_an_incident_counts_for_the_year_before_the_day() -> None:
    last_day = TODAY - timedelta(days=365)
    for firm, result in (
        (_blocked("safety_accident", date(2026, 3, 1)), "not_met"),
        (_blocked("safety_accident", date(2026, 3, 1), date(2026, 3, 20)), "not_met"),
        (_blocked("safety_accident", date(2026, 3, 1), date(2026, 3, 1)), "met"),
        (_blocked("quality_accident", date(2025, 1, 1), last_day), "met"),
        (_blocked("environmental_violation", date(2025, 1, 1), last_day + timedelta(days=1)), "not_met"),
        (_blocked("environmental_violation", TODAY + timedelta(days=1)), "met"),
        (_blocked("abnormal_operation", date(2026, 3, 1)), "met"),
    ):
        assert found(hnte(firm), "no_serious_incident").result == result


def test_what_people_must_judge_is_unknown_and_the_score_a_range() -> None:
    answer = hnte(Firm(1))
    assert {found(answer, name).result for name in ("ip_owned", "field", "score")} == {"unknown"}
    assert (answer.score.least, answer.score.most) == (0, 100)
    judged = [score.item.id for score in answer.score.judged]
    assert {"ip_level", "ip_core_role", "ip_acquisition", "conversion_count", "growth_sales"} <= set(judged)


@pytest.mark.parametrize(
    ("values", "points"),
    [
        ((100, 135, 18_225), (9, 10)),
        ((1_000, 1_350, 1_822), (7, 8)),
        ((100, 125, 156), (5, 6)),
        ((100, 105, 110), (1, 2)),
        ((100, 105, 111), (3, 4)),
        ((100, 100, 101), (1, 2)),
        ((100, 100, 100), (0, 0)),
        ((100, 50, 75), (0, 0)),
        ((0, 100, 110), (3, 4)),
        ((100, 0, 100), (0, 0)),
    ],
)
def test_growth_is_the_mean_of_two_years_in_bands(values: tuple[int, int, int], points: tuple[int, int]) -> None:
    firm = firm_with({year: {"revenue_fen": value} for year, value in zip((2023, 2024, 2025), values, strict=True)})
    item = hnte(firm).score.find("growth_sales")
    assert item
    assert (item.least, item.most) == points


def test_growth_that_cannot_be_computed_stays_open() -> None:
    for years in ({2024: -5, 2025: 10, 2023: 3}, {2025: 10}):
        firm = firm_with({year: {"net_assets_fen": value} for year, value in years.items()})
        item = hnte(firm).score.find("growth_net_assets")
        assert item
        assert (item.least, item.most, item.is_judged) == (0, 10, True)


def test_no_growth_leaves_at_most_eighty_points_and_the_sentence_promises_nothing() -> None:
    flat = {year: {"revenue_fen": 100, "net_assets_fen": 100} for year in (2023, 2024, 2025)}
    answer = hnte(firm_with(flat))
    assert (answer.score.least, answer.score.most) == (0, 80)
    sentence = verdict_sentence(answer)
    assert "可能超过70分" in sentence
    assert not [word for word in ("一定", "必然", "将通过", "能通过") if word in sentence]


def test_the_cheapest_gap_comes_first_in_the_unit_of_the_fact() -> None:
    firm = three_years(5_000 * WAN, 245 * WAN)
    firm.reported(2025, **spending(5_000 * WAN, 245 * WAN), staff_count=100, tech_staff_count=4)
    answer = hnte(firm)
    assert [gap_sentence(finding) for finding in answer.gaps] == [
        "近三个会计年度研究开发费用总额占同期销售收入总额的比例:还差5万元",
        "科技人员占当年职工总数的比例:还差6人",
    ]
    assert "还差5万元" in verdict_sentence(answer)


def test_before_the_rules_there_is_no_answer() -> None:
    with pytest.raises(NoRuleOnDay, match="2016-01-01"):
        hnte(Firm(1), date(2015, 12, 31))
