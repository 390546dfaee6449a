"""A museum of broken packs: one mistake each, told in Chinese with file, line and what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.rules.packs import load_pack
from shared.rules.reading import PackError
from tests.shared.rules.sample import CATALOGUE, KINDS, SOURCES

MUSEUM = Path(__file__).parent / "broken_packs"
MISTAKES = {
    "unknown_key": (10, "不认识的键 lable_zh,是否想写 label_zh?"),
    "duplicate_key": (19, "键 once 重复(第18行已写过),请删去其一"),
    "missing_key": (9, "缺少 payer_zh,请补上"),
    "bad_date": (6, "日期 2023-02-30 不存在,请改正"),
    "date_as_text": (5, "from_on 应为日期,请写成 2025-12-31"),
    "code_as_number": (2, "jurisdiction 应为文字,请加引号,例如 '530900'"),
    "other_jurisdiction": (2, "区划代码应与 sources.yaml 一致,请写 '530900'"),
    "unknown_document": (3, "sources.yaml 中没有文件 plann,请写其中之一:plan"),
    "unknown_fact": (16, "没有事实 above_scale,可用的有:a、b、c、d、e、f"),
    "wrong_unit": (16, "事实 a 的单位是 flag,unit 请写 flag"),
    "unordered_operator": (16, "operator:这一类值没有大小,请写 equal、not_equal 或 one_of"),
    "unknown_operator": (
        16,
        "operator 写了 等于,请写其中之一:equal、not_equal、more_than、at_least、less_than、at_most、one_of",
    ),
    "value_is_a_list": (16, "value:operator 为 one_of 时请写成列表,其余写成单个值"),
    "unknown_value": (16, "没有事实 e 的取值 excelent,是否想写 excellent?"),
    "unknown_recognition_kind": (14, "没有认定种类 hnt,是否想写 hnte?"),
    "unknown_trigger": (14, "trigger 写了 certificate,请写其中之一:recognition、specialist_grade"),
    "amount_without_unit": (17, "value:金额 '十万' 无法识别,请写成“10万元”“3000元”或以分计的整数"),
    "amount_kind": (17, "amount 写了 fixxed,请写其中之一:fixed、per_grade、to_be_decided"),
    "empty_grants": (8, "grants 至少要有一项"),
    "undefined_reading": (18, "读法 how_often 没有定义,请先在 readings 中写出"),
    "reading_without_default": (9, "default:默认读法 b 不在选项中,请写其中之一:a"),
    "comma_in_text": (10, "不认识的键 名录,文字里有逗号时请给整段文字加引号"),
    "broken_yaml": (8, "不是正确的 YAML"),
    "tag": (13, "不支持标记 tag:yaml.org,2002:python/name:os.system,请直接写值"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_with_its_file_and_line(name: str) -> None:
    line, problem = MISTAKES[name]
    with pytest.raises(PackError) as refusal:
        load_pack(MUSEUM / f"{name}.yaml", SOURCES, CATALOGUE, KINDS)
    assert (refusal.value.file.name, refusal.value.line) == (f"{name}.yaml", line)
    assert refusal.value.problem.startswith(problem)
    assert str(refusal.value).startswith(f"{name}.yaml 第{line}行:")


def test_every_exhibit_has_its_label() -> None:
    assert {file.stem for file in MUSEUM.glob("*.yaml")} == set(MISTAKES)
