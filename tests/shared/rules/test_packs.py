"""Loading packs: readings put in place, plain YAML only, a fingerprint of the content and not of the layout."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest

from shared.rules.grants import GrantPack, Once
from shared.rules.hashing import content_hash
from shared.rules.packs import load_pack
from shared.rules.reading import PackError, read_source
from shared.rules.schemas import file_schema
from tests.shared.rules.sample import CATALOGUE, KINDS, SOURCES, pack_from

SAMPLE = (Path(__file__).parent / "sample_pack.yaml").read_text("utf-8")
READING = """
readings:
  - id: how_often
    question_zh: 一次还是每年?
    options:
      - {id: once, label_zh: 一次, means: per_beneficiary}
      - {id: yearly, label_zh: 每年, means: per_year}
    default: once
    chosen_by: 示例局
    chosen_on: 2026-01-01
grants:"""
AMBIGUOUS = SAMPLE.replace("\ngrants:", READING).replace("once: per_trigger", "once: {reading: how_often}")


def read(text: str, folder: Path) -> object:
    file = folder / "file.yaml"
    file.write_text(text, "utf-8")
    return read_source(file).value


def test_a_condition_cites_the_clause_of_its_rule_unless_it_names_its_own(tmp_path: Path) -> None:
    rule = pack_from(SAMPLE, tmp_path).pack.grants[0]
    assert (rule.conditions.clause, rule.conditions.provision_id) == ("一(一)", "X-1")


def test_the_default_reading_holds_until_another_is_chosen(tmp_path: Path) -> None:
    loaded = pack_from(AMBIGUOUS, tmp_path)
    assert loaded.pack.grants[0].once is Once.PER_BENEFICIARY
    chosen = load_pack(loaded.file, SOURCES, CATALOGUE, KINDS, {"how_often": "yearly"})
    assert chosen.pack.grants[0].once is Once.PER_YEAR
    assert [(r.id, r.option, r.chosen_by) for r in chosen.pack.grants[0].readings] == [
        ("how_often", "yearly", "示例局")
    ]


def test_another_reading_is_another_pack(tmp_path: Path) -> None:
    loaded = pack_from(AMBIGUOUS, tmp_path)
    chosen = load_pack(loaded.file, SOURCES, CATALOGUE, KINDS, {"how_often": "yearly"})
    assert loaded.content_hash != chosen.content_hash


def test_comments_and_layout_do_not_change_the_fingerprint_but_a_value_does(tmp_path: Path) -> None:
    plain = pack_from(SAMPLE, tmp_path).content_hash
    assert pack_from("# 说明\n" + SAMPLE.replace("payment: {}", "payment:   {}  # 空"), tmp_path).content_hash == plain
    assert pack_from(SAMPLE.replace("10万元}", "11万元}"), tmp_path).content_hash != plain


def test_the_fingerprint_of_a_content_never_changes() -> None:
    assert content_hash({"b": Decimal("1.50"), "a": "甲"}) == content_hash({"a": "甲", "b": Decimal("1.5")})
    assert content_hash({"a": 1}) == "sha256:015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"


def test_words_that_look_like_switches_stay_words(tmp_path: Path) -> None:
    assert read("{on: yes, no: off, x: 012, y: 1_000, z: 12:30}", tmp_path) == {
        "on": "yes",
        "no": "off",
        "x": "012",
        "y": "1_000",
        "z": "12:30",
    }


def test_numbers_with_a_point_are_decimals(tmp_path: Path) -> None:
    found = read("[0.015, 1.50, 3]", tmp_path)
    assert found == [Decimal("0.015"), Decimal("1.50"), 3]
    assert [type(item) for item in found] == [Decimal, Decimal, int]


@pytest.mark.parametrize(("raw", "problem"), [(b"\xff\xfe", "UTF-8"), (b"a: \x00", "不允许的字符")])
def test_what_is_no_text_is_refused(raw: bytes, problem: str, tmp_path: Path) -> None:
    (tmp_path / "file.yaml").write_bytes(raw)
    with pytest.raises(PackError, match=problem):
        read_source(tmp_path / "file.yaml")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"none\.yaml 第1行:文件读不到"):
        read_source(tmp_path / "none.yaml")


def test_an_editor_schema_accepts_the_packs_and_refuses_a_broken_one(tmp_path: Path) -> None:
    schema = file_schema(GrantPack)
    written = read(AMBIGUOUS, tmp_path)
    as_text = {**written, "in_force": {}, "readings": []}
    as_text["in_force"] = {name: {} for name in ("document", "trigger", "payment")}
    jsonschema.validate(as_text, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**as_text, "grant": []}, schema)
