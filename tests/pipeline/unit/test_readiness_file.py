"""readiness.yaml: every entry is dated and cited, every mistake is told with file and line."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from services.enterprise.domain.blocks import BlockKind
from services.pipeline.domain.readiness.assessment import assess
from services.pipeline.domain.readiness.library import load_readiness
from services.pipeline.domain.readiness.rules import HoldsRecognition, NoBlocks, Target
from shared.rules.reading import PackError
from tests.jurisdictions.library import JURISDICTIONS, library
from tests.pipeline.application import readiness
from tests.pipeline.facts import Firm
from tests.pipeline.readiness import firm_with, found, spending

ONCE = ("hnte.rd_ratio", "hnte.score", "tech_sme.score", "tech_sme.direct_entry")


def test_every_entry_cites_its_document_and_clause() -> None:
    known = readiness()
    for rules in known.targets.values():
        items = [item for dimension in rules.dimensions for item in dimension.items]
        for entry in (*rules.conditions, *items):
            assert known.cite(entry).startswith("《")
            assert entry.clause
            assert entry.basis_zh
    assert known.cite(known.targets[Target.HNTE].conditions[0]) == (
        "《高新技术企业认定管理办法》(国科发火〔2016〕32号)第十一条第(一)项"
    )


def test_blocks_and_recognitions_named_are_those_that_the_register_keeps() -> None:
    tests = [condition.test for rules in readiness().targets.values() for condition in rules.conditions]
    blocks = {kind for test in tests if isinstance(test, NoBlocks) for kind in (*test.incidents, *test.lists)}
    assert blocks <= {kind.value for kind in BlockKind}
    held = {one.recognition for test in tests if isinstance(test, HoldsRecognition) for one in test.any_of}
    assert not [kind for kind in held if library().kinds.find(kind) is None]


def test_the_dimensions_of_each_score_make_a_hundred_points() -> None:
    for rules in readiness().targets.values():
        assert sum(dimension.max_points for dimension in rules.dimensions) == 100


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    (tmp_path / "national").mkdir()
    shutil.copy(JURISDICTIONS / "national" / "readiness.yaml", tmp_path / "national")
    return tmp_path


def _replace(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (_replace("part: rd_expense_fen", "part: rd_expens_fen"), "是否想写 rd_expense_fen"),
        (_replace("whole: staff_count", "whole: revenue_fen"), "单位不同"),
        (_replace("document: hnte-measures", "document: hnte-measure"), "是否想写 hnte-measures"),
        (_replace("id: hnte.field", "id: hnte.ip_owned"), "在同一天有两条规则"),
        (_replace("id: hnte.field", "id: field"), "请以 hnte. 开头"),
        (_replace("up_to: 5000万元", "up_to: 3亿元"), "从小到大"),
        (_replace("up_to: 5000万元", "up_to: 5000"), "没有单位"),
        (_replace("          tier_by: revenue_fen\n", ""), "请写 tier_by"),
        (_replace("at_least: 10%", "at_least: 十分之一"), "请写成“1.5%”"),
        (_replace("at_least: 10%", "at_least: 0.10000001"), "小数位太多"),
        (_replace("points: [25, 30]", "points: [25, 31]"), "不超过本项满分 30"),
        (_replace("points: [9, 10]", "points: [1, 2]"), "各档请从高到低写"),
        (_replace("waived_by: tech_sme.direct_entry", "waived_by: tech_sme.direct"), "没有条件 tech_sme.direct"),
        (_replace("item: tech_staff}", "item: staff}"), "没有评分项 staff"),
        (_replace("kind: days_registered", "kind: day_registered"), "请写其中之一"),
        (_replace("threshold_included", "threshold_inclusive"), "是否想写 threshold_included"),
        (_replace("    label_zh: 高新技术企业\n", "    label_zh: 高新\n    label_zh: 高企\n"), "重复"),
        (_replace("  - target: tech_sme", "  - target: leading"), "请写其中之一"),
        (_replace("unit: fen", "unit: ratio"), "请写 fen 或 count"),
        (_replace("from_on: 2016-01-01", "from_on: 2016-01-01\n        until_on: 2015-01-01"), "until_on 早于"),
    ],
)
def test_a_mistake_is_told_with_file_and_line(copied: Path, change: Callable[[str], str], problem: str) -> None:
    file = copied / "national" / "readiness.yaml"
    file.write_text(change(file.read_text("utf-8")), "utf-8")
    with pytest.raises(PackError, match=r"readiness\.yaml 第\d+行") as refused:
        load_readiness(copied)
    assert problem in str(refused.value)


def test_a_changed_number_holds_from_its_day_and_the_old_one_until_then(copied: Path) -> None:
    file = copied / "national" / "readiness.yaml"
    text = file.read_text("utf-8")
    start = text.index("      - id: hnte.rd_domestic_share")
    entry = text[start : text.index("      - id: hnte.ht_income_ratio")]
    old = entry.replace("from_on: 2016-01-01", "from_on: 2016-01-01\n        until_on: 2026-06-30")
    new = entry.replace("from_on: 2016-01-01", "from_on: 2026-07-01").replace("60%", "70%")
    file.write_text(text.replace(entry, old + new), "utf-8")
    changed = load_readiness(copied)
    firm = firm_with({year: spending(1_000, 100, domestic_fen=65) for year in (2023, 2024, 2025)})
    for day, result in ((date(2026, 6, 30), "met"), (date(2026, 7, 1), "not_met")):
        assert found(assess(changed, Target.HNTE, firm.state, day), "rd_domestic_share").result == result


def test_every_promised_condition_is_answered_for_an_enterprise_of_which_nothing_is_known() -> None:
    ids = [
        f.condition.id
        for target in Target
        for f in assess(readiness(), target, Firm(1).state, date(2026, 1, 1)).findings
    ]
    assert set(ONCE) <= set(ids)
    assert len(ids) == len(set(ids))
