"""Conditions against facts: exact borders, gaps named, nothing skipped, the same answer for ever."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.rules.evaluation import Evaluator
from shared.rules.explanation import missing_of, observations_of
from shared.rules.facts import FrozenFacts
from shared.rules.rendering import lines_of
from shared.rules.verdicts import Verdict
from tests.shared.rules.sample import CATALOGUE, Known, tree

FLAG = {"fact": "a", "unit": "flag", "operator": "equal", "value": True, "clause": "一(一)", "provision_id": "X-1"}
RATIO = {"fact": "b", "unit": "ratio", "operator": "more_than", "value": "1.5%"}
MONEY = {"fact": "c", "unit": "fen", "operator": "at_least", "value": "2000万元"}
GRADE = {"fact": "e", "unit": "code", "operator": "one_of", "value": ["excellent", "competent"]}


def evaluate(facts, *conditions):
    return Evaluator(facts, CATALOGUE).evaluate(tree(*conditions))


@pytest.mark.parametrize(
    ("operator", "below", "equal", "above"),
    [
        ("more_than", False, False, True),
        ("at_least", False, True, True),
        ("less_than", True, False, False),
        ("at_most", True, True, False),
        ("equal", False, True, False),
        ("not_equal", True, False, True),
    ],
)
def test_each_operator_knows_its_border(operator: str, below: bool, equal: bool, above: bool) -> None:
    condition = {**RATIO, "operator": operator}
    seen = [
        evaluate(Known({"b": Decimal(value)}), condition).result is Verdict.MET
        for value in ("0.014999999999", "0.015", "0.015000000001")
    ]
    assert seen == [below, equal, above]


def test_a_missing_fact_leaves_the_result_open_and_names_who_can_supply_it() -> None:
    found = evaluate(Known({"a": True}), FLAG, RATIO)
    assert found.result is Verdict.UNKNOWN
    assert [(item.fact, item.supplied_by_zh) for item in missing_of(found)] == [("b", "企业")]


def test_a_failed_condition_settles_the_whole_so_nothing_is_missing() -> None:
    found = evaluate(Known({"a": False}), FLAG, RATIO)
    assert found.result is Verdict.NOT_MET
    assert missing_of(found) == []


def test_every_condition_is_evaluated_even_after_a_failure() -> None:
    facts = Known({"a": False})
    evaluate(facts, FLAG, RATIO, MONEY)
    assert facts.asked == ["a", "b", "c"]


def test_any_and_not_join_as_written() -> None:
    either = {"any": [FLAG, MONEY]}
    assert evaluate(Known({"a": True}), either).result is Verdict.MET
    assert evaluate(Known({"a": False}), either).result is Verdict.UNKNOWN
    assert evaluate(Known({"a": False}), {"not": FLAG}).result is Verdict.MET


def test_the_gap_to_a_number_is_told_in_its_unit() -> None:
    found = evaluate(Known({"c": 190_000_000_00}), {**MONEY, "value": "2亿元"}).to_json()
    assert found["parts"][0]["gap"] == 1_000_000_000


def test_the_explanation_has_its_promised_shape() -> None:
    found = evaluate(Known({"a": True, "b": Decimal("0.02")}), FLAG, RATIO, GRADE).to_json()
    assert found["parts"][0] == {
        "node": "condition",
        "result": "met",
        "id": None,
        "fact": "a",
        "label_zh": "甲",
        "at": "on_trigger",
        "period": "2025-01-01",
        "value": True,
        "source": "示例来源",
        "operator": "equal",
        "threshold": True,
        "unit": "flag",
        "gap": None,
        "clause": "一(一)",
        "provision_id": "X-1",
        "reason_zh": None,
        "missing": [],
    }
    assert (found["parts"][1]["value"], found["parts"][1]["threshold"]) == ("0.02", "0.015")
    assert found["parts"][2]["threshold"] == ["excellent", "competent"]
    assert found["parts"][2]["missing"] == [
        {"fact": "e", "label_zh": "戊", "period": None, "evidence_zh": "证明", "supplied_by_zh": "科技局"}
    ]


def test_the_explanation_reads_as_chinese() -> None:
    found = evaluate(Known({"a": True, "b": Decimal("0.015"), "e": "competent"}), FLAG, RATIO, MONEY, GRADE)
    assert list(lines_of(found)) == [
        "✗ 以下各项须全部满足:",
        "  ✓ 甲〔2025-01-01〕为是,来源:示例来源,应为是(一(一))",
        "  ✗ 乙〔2025-01-01〕为1.5%,来源:示例来源,应超过(不含)1.5%",
        "  ? 丙尚不清楚,缺少“丙”(由企业提供),应不低于(含)2,000万元",
        "  ✓ 戊〔2025-01-01〕为称职,来源:示例来源,应属于优秀、称职",
    ]


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "a": st.booleans(),
            "b": st.decimals(min_value=0, max_value=1, places=15),
            "c": st.integers(0, 10**15),
            "e": st.sampled_from(["excellent", "competent", "other"]),
        },
    )
)
def test_recomputing_from_the_frozen_facts_gives_the_same_explanation(values) -> None:
    conditions = (FLAG, {"any": [RATIO, {"not": MONEY}]}, GRADE)
    first = evaluate(Known(values), *conditions)
    stored = json.loads(json.dumps([seen.to_json() for seen in observations_of(first)]))
    again = evaluate(FrozenFacts(stored, CATALOGUE), *conditions)
    assert again.to_json() == first.to_json()
