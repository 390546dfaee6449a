"""One rule, one occasion: the amount, the reasons, and the same answer from the frozen facts."""

from __future__ import annotations

import json
from datetime import date

import pytest

from services.awards.domain.decisions import Result, decide, decide_without_occasion
from services.awards.domain.explaining import explanation_of
from services.awards.domain.known_facts import KnownFacts
from services.awards.domain.occasions import GradeOccasion, RecognitionOccasion
from services.awards.domain.once import once_key
from shared.rules.explanation import observations_of
from shared.rules.facts import FactPoint, FrozenFacts
from shared.rules.grants import GrantRule, Once
from tests.awards.facts import ABOVE, TODAY, Firm, recognition
from tests.jurisdictions.library import library

FIRST = "lincang.hnte.first"


def occasion(**fields: object) -> RecognitionOccasion:
    granted = recognition()
    return RecognitionOccasion(Firm(1, scale=(ABOVE,), recognitions=(granted,), **fields).state, granted)


def decided(rule_id: str, happened: RecognitionOccasion):
    loaded, rule = library().find_rule(rule_id)
    facts = KnownFacts(happened, TODAY)
    return decide(loaded, rule, happened, facts, library().catalogue, evaluated_on=TODAY)


def test_the_explanation_says_everything_a_reader_asks() -> None:
    explained = explanation_of(decided(FIRST, occasion()))
    assert explained["explanation_version"] == 1
    assert (explained["result"], explained["amount_fen"], explained["missing"]) == ("eligible", 10_000_000, [])
    assert explained["document"]["number"] == "临政办发〔2023〕53号"
    assert explained["provisions"][0]["id"] == "LC-2.2-g"
    assert explained["pack_hash"].startswith("sha256:")
    conditions = {part["fact"]: part for part in explained["conditions"]["parts"]}
    assert set(conditions) == {
        "recognition.kind",
        "recognition.sequence",
        "trigger.on",
        "recognition.revoked",
        "award.already_given",
        "enterprise.above_scale",
    }
    scale = conditions["enterprise.above_scale"]
    assert (scale["value"], scale["period"], scale["source"]) == (True, "2024-11-01", "统计局名录")
    assert (scale["clause"], scale["provision_id"]) == ("二(二)", "LC-2.2-g")
    assert {reading["id"] for reading in explained["readings"]} == {"event_window", "above_scale_on"}


def test_the_chinese_text_reads_like_a_decision() -> None:
    text = explanation_of(decided(FIRST, occasion()))["text_zh"].splitlines()
    assert text[0] == "高新技术企业首次认定补助:符合条件,10万元"
    assert text[1].startswith("依据:临政办发〔2023〕53号二(二)“对规模以上企业认定为高新技术企业的给予资金奖补")
    assert "  ✓ 规模以上〔2024-11-01〕为是,来源:统计局名录,应为是(二(二))" in text
    assert any(line.startswith("请核对:") for line in text)


def test_the_decision_can_be_recomputed_from_its_frozen_facts() -> None:
    first = decided(FIRST, occasion())
    frozen = json.loads(json.dumps([seen.to_json() for seen in observations_of(first.tree)]))
    again = decide(
        first.loaded,
        first.rule,
        first.occasion,
        FrozenFacts(frozen, library().catalogue),
        library().catalogue,
        evaluated_on=TODAY,
    )
    assert explanation_of(again) == explanation_of(first)


def test_a_rule_nothing_has_happened_for_is_refused_with_the_reason() -> None:
    loaded, rule = library().find_rule("lincang.workstation.expert")
    decision = decide_without_occasion(loaded, rule, library().catalogue, TODAY)
    assert decision.result is Result.NOT_ELIGIBLE
    assert "截至当日没有登记" in explanation_of(decision)["text_zh"]


def test_where_the_text_gives_no_number_none_is_given() -> None:
    granted = recognition()
    happened = RecognitionOccasion(Firm(1, "530402", recognitions=(granted,)).state, granted)
    decision = decided("yuxi.hnte.recognised", happened)
    assert (decision.result, decision.amount_fen) == (Result.ELIGIBLE, None)
    assert "符合条件,金额待定" in explanation_of(decision)["text_zh"]


@pytest.mark.parametrize(
    ("at", "period"),
    [
        (FactPoint.ON_TRIGGER, "2024-11-01"),
        (FactPoint.ON_EVALUATION, "2025-12-01"),
        (FactPoint.END_OF_TRIGGER_YEAR, "2024-12-31"),
        (FactPoint.IN_YEAR_BEFORE, "2023-12-31"),
    ],
)
def test_a_dated_fact_is_asked_for_the_day_the_reading_names(at: FactPoint, period: str) -> None:
    assert KnownFacts(occasion(), TODAY).observe("enterprise.above_scale", at).period == period


def test_a_day_that_has_not_come_is_unknown() -> None:
    seen = KnownFacts(occasion(), date(2024, 11, 2)).observe("enterprise.above_scale", FactPoint.END_OF_TRIGGER_YEAR)
    assert (seen.value, seen.reason_zh) == (None, "这一天还没有到")


def test_a_sum_per_grade_follows_the_grade_and_gives_nothing_for_others() -> None:
    loaded, rule = library().find_rule("linze.specialist.excellent")
    written = rule.model_dump(by_alias=True) | {
        "trigger": {"kind": "specialist_grade", "grade": ["excellent", "competent", "incompetent"]},
        "amount": {"kind": "per_grade", "fact": "specialist.grade", "values": {"excellent": 3000, "competent": 1000}},
    }
    per_grade = GrantRule.model_validate(written)
    found = {}
    for grade in ("excellent", "competent", "incompetent"):
        happened = GradeOccasion("s", "示例", "sci_tech_specialist", "620723", 2024, grade, date(2025, 1, 15))
        decision = decide(
            loaded, per_grade, happened, KnownFacts(happened, TODAY), library().catalogue, evaluated_on=TODAY
        )
        found[grade] = (decision.result.value, decision.amount_fen)
    assert found == {
        "excellent": ("eligible", 3000),
        "competent": ("eligible", 1000),
        "incompetent": ("not_eligible", None),
    }


@pytest.mark.parametrize(
    ("once", "key"),
    [
        (Once.PER_TRIGGER, "linze.specialist.excellent|s|grade-2024"),
        (Once.PER_YEAR, "linze.specialist.excellent|s|2024"),
        (Once.PER_BENEFICIARY, "linze.specialist.excellent|s"),
    ],
)
def test_the_once_key_names_what_may_happen_once(once: Once, key: str) -> None:
    _, rule = library().find_rule("linze.specialist.excellent")
    happened = GradeOccasion("s", "示例", "sci_tech_specialist", "620723", 2024, "excellent", date(2025, 1, 15))
    assert once_key(rule.model_copy(update={"once": once}), happened) == key
