"""Specialists: the kinds there are, who may be one, and the grades of a year, all from national/specialists.yaml."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import Field

from shared.kernel.errors import Conflict, FieldError, Invalid
from shared.rules.conditions import RuleModel
from shared.rules.reading import read_source
from shared.rules.validation import validated

Id = Annotated[str, Field(pattern="^[a-z_]+$")]


class UnitKind(RuleModel):
    """A kind of home unit; `is_civil_service` holds for Party and government organs and units run like them."""

    id: Id
    label_zh: str
    is_civil_service: bool = False


class SpecialistKind(RuleModel):
    """A kind of specialist; `refuses_civil_service` is the eligibility rule of the 科技特派员."""

    id: Id
    label_zh: str
    refuses_civil_service: bool = False
    basis_zh: str


class Grade(RuleModel):
    """A grade of the yearly assessment."""

    id: Id
    label_zh: str


Choice = TypeVar("Choice", SpecialistKind, UnitKind, Grade)


class SpecialistRules(RuleModel):
    """The register's rules as read from the file; the first kind is the one meant where none is named."""

    kinds: tuple[SpecialistKind, ...] = Field(min_length=1)
    unit_kinds: tuple[UnitKind, ...]
    grades: tuple[Grade, ...]

    def get_kind(self, named: str | None) -> SpecialistKind:
        """Return a kind by id or Chinese name."""
        return self.kinds[0] if named is None else _pick(self.kinds, named, "/kind", "服务人员类别")

    def get_unit_kind(self, named: str) -> UnitKind:
        """Return a kind of home unit by id or Chinese name."""
        return _pick(self.unit_kinds, named, "/unit_kind", "单位性质")

    def get_grade(self, named: str) -> Grade:
        """Return a grade by id or Chinese name."""
        return _pick(self.grades, named, "/grade", "考核等次")


class UnknownChoice(Invalid):
    """A named kind or grade does not exist; the detail names those that do."""

    code = "unknown_choice"
    title = "没有这个选项"


class NotEligible(Conflict):
    """The person may not serve as this kind of specialist."""

    code = "specialist_not_eligible"
    title = "不符合选派条件"


def check_eligible(kind: SpecialistKind, unit_kind: UnitKind | None) -> None:
    """Refuse a 科技特派员 from a civil-service unit; an unknown unit is for the caseworker to find out."""
    if kind.refuses_civil_service and unit_kind is not None and unit_kind.is_civil_service:
        raise NotEligible(f"{unit_kind.label_zh}人员不能担任{kind.label_zh}({kind.basis_zh})")


def check_grading_day(graded_on: date, year: int, today: date) -> None:
    """Refuse a grade for a year that has not begun, or given on a day to come."""
    if year > today.year:
        raise Invalid(f"{year} 年度还没有开始", errors=(FieldError("/year", "year_to_come", "不能晚于今年"),))
    if graded_on > today:
        raise Invalid("考核日期不能晚于今天", errors=(FieldError("/graded_on", "wrong_day", f"不能晚于 {today}"),))


def load_specialist_rules(root: Path) -> SpecialistRules:
    """Return the rules of the register; raises PackError."""
    source = read_source(root / "national" / "specialists.yaml")
    return validated(SpecialistRules, source, source.value)


def _pick(offered: tuple[Choice, ...], named: str, pointer: str, what: str) -> Choice:
    found = next((item for item in offered if named in (item.id, item.label_zh)), None)
    if found is None:
        detail = f"没有{what}“{named}”,可用的有:{'、'.join(f'{item.id}({item.label_zh})' for item in offered)}"
        raise UnknownChoice(detail, errors=(FieldError(pointer, "unknown_choice", detail),))
    return found
