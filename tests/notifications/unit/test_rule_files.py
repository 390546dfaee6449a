"""Duties and offsets as data: what is shipped is right, and each mistake is refused with file and line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from services.notifications.domain.duty_rules import load_duty_rules
from services.notifications.domain.rule_book import load_rule_book
from services.notifications.domain.schedules import load_schedules
from services.notifications.domain.templates import load_templates
from shared.rules.reading import PackError
from shared.rules.recognition_kinds import load_recognition_kinds
from tests.jurisdictions.library import JURISDICTIONS
from tests.notifications.application import handbook

DUTY = """
documents: [{id: law, title: 某办法, document_number: 某发〔2020〕1号}]
duties:
  - kind: some_report
    label_zh: 某报表
    action_zh: 填报
    consequence_zh: 取消资格
    recognitions: [hnte]
    due: {kind: each_year, month: 5, day: 31}
    provisions: [{id: CN-1, document: law, clause: 第一条, basis_zh: 已核对}]
"""
OFFSETS = """
offsets:
  - duty_kinds: [some_report]
    recipients: [enterprise]
    days_before: [30, 1]
    days_overdue: [1]
    on_holiday: keep
"""
TEMPLATE = """
id: some
version: 1
phase: reminder
notice_kinds: others
title: "{duty_label}"
body: "{enterprise_name},{time_left}"
"""


def _file(folder: Path, text: str) -> Path:
    file = folder / "rules.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_every_shipped_duty_names_known_recognitions_and_has_a_citation() -> None:
    kinds = set(load_recognition_kinds(JURISDICTIONS / "national" / "recognition_kinds.yaml").ids)
    for rule in handbook().rules.for_region("530902").duties:
        assert rule.clause_zh.startswith("《")
        assert set(rule.recognitions) <= kinds | {"others"}


def test_the_citation_is_written_out(tmp_path: Path) -> None:
    (rule,) = load_duty_rules(_file(tmp_path, DUTY))
    assert rule.clause_zh == "《某办法》(某发〔2020〕1号)第一条"


@pytest.mark.parametrize(
    ("change", "line", "problem"),
    [
        (("month: 5, day: 31", "month: 2, day: 29"), 9, "这一天不是每年都有"),
        (("{kind: each_year, month: 5, day: 31}", "{kind: at_expiry, month: 5}"), 9, "不认识的键 month"),
        (("kind: each_year", "kind: sometimes"), 9, "at_expiry"),
        (("document: law", "document: lore"), 10, "没有文件 lore"),
        (("label_zh: 某报表", "label: 某报表"), 5, "label"),
        (("recognitions: [hnte]", "recognitions: all"), 8, "recognitions 应为列表"),
    ],
)
def test_a_wrong_duty_is_refused_with_its_line(
    tmp_path: Path, change: tuple[str, str], line: int, problem: str
) -> None:
    with pytest.raises(PackError, match=f"第{line}行.*{problem}"):
        load_duty_rules(_file(tmp_path, DUTY.replace(*change)))


def test_a_kind_of_duty_written_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="some_report 重复"):
        load_duty_rules(_file(tmp_path, DUTY + DUTY.split("duties:\n")[1]))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("[30, 1]", "[-1]"), "days_before|-1|0"),
        (("on_holiday: keep", "on_holiday: later"), "later"),
        (("recipients: [enterprise]", "recipients: []"), "recipients"),
        (("recipients: [enterprise]", "recipients: [mayor]"), "mayor"),
    ],
)
def test_a_wrong_schedule_is_refused(tmp_path: Path, change: tuple[str, str], problem: str) -> None:
    with pytest.raises(PackError, match=problem):
        load_schedules(_file(tmp_path, OFFSETS.replace(*change)))


def test_offsets_of_one_kind_written_twice_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="some_report 的提前天数重复"):
        load_schedules(_file(tmp_path, OFFSETS + OFFSETS.split("offsets:\n")[1]))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("{time_left}", "{amount}"), "不能使用 {amount}"),
        (("{time_left}", "{0.__class__}"), "不能使用 {0.__class__}"),
        (("{time_left}", "{time_left"), "花括号没有成对"),
        (("notice_kinds: others", "notice_kinds: some"), "notice_kinds 应为列表"),
    ],
)
def test_a_wrong_template_is_refused(tmp_path: Path, change: tuple[str, str], problem: str) -> None:
    _file(tmp_path, TEMPLATE.replace(*change))
    with pytest.raises(PackError, match=problem.replace("{", r"\{").replace("}", r"\}")):
        load_templates(tmp_path)


def test_a_narrower_jurisdiction_replaces_by_kind_and_leaves_the_rest(tmp_path: Path) -> None:
    for name, offset in (("national", 30), ("530900-city", 20), ("530921-county", 10)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "duties.yaml").write_text(DUTY if name == "national" else "duties: []", encoding="utf-8")
        text = OFFSETS.replace("[30, 1]", f"[{offset}]")
        (tmp_path / name / "offsets.yaml").write_text(text, encoding="utf-8")
    book = load_rule_book(tmp_path)

    def days(region_code: str) -> tuple[int, ...]:
        schedule = book.for_region(region_code).schedule_of("some_report")
        assert schedule is not None
        return schedule.days_before

    assert (days("530921"), days("530902"), days("371302")) == ((10,), (20,), (30,))
    assert [rule.kind for rule in book.for_region("530921").duties] == ["some_report"]
    assert len({book.for_region(code).fingerprint for code in ("530921", "530902", "371302")}) == 3


def test_a_jurisdiction_without_rules_of_its_own_follows_the_national_ones() -> None:
    assert handbook().rules.for_region("620723").fingerprint == handbook().rules.for_region("371302").fingerprint


def test_a_yearly_day_exists_in_every_year() -> None:
    (rule,) = [rule for rule in handbook().rules.for_region("530902").duties if rule.kind == "hnte_annual_report"]
    assert [rule.due.in_year(year) for year in (2027, 2028)] == [date(2027, 5, 31), date(2028, 5, 31)]  # type: ignore[union-attr]
