"""A rule ships with its cases: files beside the packs (`*.cases.yaml`) that say what must come out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import Field

from services.awards.domain.decisions import Decision, Result, decide
from services.awards.domain.explaining import explanation_of
from services.awards.domain.known_facts import KnownFacts
from services.awards.domain.occasions import GradeOccasion, Occasion, RecognitionOccasion, concerns
from shared.events.enterprise import EnterpriseState, FiguresState, RecognitionState, ScaleInterval
from shared.rules.conditions import RuleModel
from shared.rules.grants import Fen, Sequence
from shared.rules.packs import PackLibrary
from shared.rules.reading import Source, read_source
from shared.rules.validation import validated

_ID = UUID(int=1)


class CaseRecognition(RuleModel):
    """The recognition of a case."""

    kind: str
    sequence: Sequence = Sequence.FIRST
    level: str | None = None
    issued_on: date
    revoked_on: date | None = None


class CaseGrade(RuleModel):
    """The specialist's grade of a case."""

    grade: str
    kind: str = "sci_tech_specialist"
    year: int
    graded_on: date


class CaseScale(RuleModel):
    """From this day on the enterprise was above (or below) designated size."""

    from_on: date
    above_scale: bool


class CaseFigures(RuleModel):
    """One year's figures."""

    year: int
    revenue: Fen | None = None
    rd_expense: Fen | None = None


class Expected(RuleModel):
    """What must come out. `none` as a result means that no pack of the region speaks of the case."""

    result: Result | None
    amount: Fen | None = None
    missing: tuple[str, ...] = ()
    human_checks: int | None = None


class Case(RuleModel):
    """One situation and its outcome under one rule."""

    name: str
    rule: str
    region_code: str
    on: date
    recognition: CaseRecognition | None = None
    grade: CaseGrade | None = None
    scale: tuple[CaseScale, ...] = ()
    figures: tuple[CaseFigures, ...] = ()
    already_given: bool = False
    expect: Expected


class CaseFile(RuleModel):
    """The cases of one pack."""

    cases: tuple[Case, ...] = Field(min_length=1)


def load_cases(file: Path) -> tuple[Source, tuple[Case, ...]]:
    """Return the cases of a file; raises PackError."""
    source = read_source(file)
    return source, validated(CaseFile, source, source.value).cases


def occasion_of(case: Case) -> Occasion:
    """Return the occasion a case describes."""
    if case.grade is not None:
        graded = case.grade
        return GradeOccasion(
            specialist_id=str(_ID),
            specialist_name="示例特派员",
            specialist_kind=graded.kind,
            region_code=case.region_code,
            year=graded.year,
            grade=graded.grade,
            graded_on=graded.graded_on,
        )
    if case.recognition is None:
        raise ValueError("a case describes a recognition or a grade")
    recognition = RecognitionState(id=_ID, **case.recognition.model_dump(mode="json"))
    enterprise = EnterpriseState(
        uscc="91530900MA0000015K",
        version=1,
        name="示例企业",
        entity_kind="enterprise",
        is_candidate=True,
        region_code=case.region_code,
        rung="micro_small",
        recognitions=(recognition,),
        scale=tuple(ScaleInterval(source="规上名录", **spell.model_dump()) for spell in case.scale),
        figures=tuple(
            FiguresState(year=item.year, revenue_fen=item.revenue, rd_expense_fen=item.rd_expense, source="年度报表")
            for item in case.figures
        ),
    )
    return RecognitionOccasion(enterprise, recognition)


def run_case(case: Case, library: PackLibrary) -> Decision | None:
    """Return what the packs of the case's region decide under the case's rule; None where none of them speaks."""
    occasion = occasion_of(case)
    for loaded in library.for_region(case.region_code):
        for rule in loaded.pack.grants:
            if rule.id == case.rule and concerns(rule, occasion):
                facts = KnownFacts(occasion, case.on, case.already_given)
                return decide(loaded, rule, occasion, facts, library.catalogue, evaluated_on=case.on)
    return None


def faults_of(case: Case, decision: Decision | None) -> Iterator[str]:
    """Yield, in words, how the outcome differs from what the case expects."""
    expected = case.expect
    result = decision.result if decision else None
    if result is not expected.result:
        yield f"结果应为 {expected.result},实际 {result}"
    if decision is None:
        return
    explained: dict[str, Any] = explanation_of(decision)
    if decision.amount_fen != expected.amount:
        yield f"金额应为 {expected.amount} 分,实际 {decision.amount_fen} 分"
    missing = tuple(item["fact"] for item in explained["missing"])
    if missing != expected.missing:
        yield f"缺少的事实应为 {expected.missing},实际 {missing}"
    if expected.human_checks is not None and len(decision.human_checks) != expected.human_checks:
        yield f"人工核对应有 {expected.human_checks} 项,实际 {len(decision.human_checks)} 项"
