"""Readiness: condition by condition, how far an enterprise is from a recognition."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from fastapi import Query

from services.pipeline.api.deps import Desk
from services.pipeline.api.readiness_schemas import (
    ReadinessCondition,
    ReadinessGap,
    ReadinessItem,
    ReadinessRead,
    ReadinessScore,
)
from services.pipeline.domain.readiness.assessment import Readiness
from services.pipeline.domain.readiness.findings import Finding, Quantity, decimal_of
from services.pipeline.domain.readiness.library import ReadinessLibrary
from services.pipeline.domain.readiness.rules import Target
from services.pipeline.domain.readiness.score import ItemScore
from services.pipeline.domain.readiness.sentences import gap_sentence, verdict_sentence
from services.pipeline.usecases.show_readiness import show_readiness
from shared.kernel.roles import READERS
from shared.rules.units import plain
from shared.web.access import allow
from shared.web.context import Ctx
from shared.web.edge import EdgeRouter
from shared.web.types import Day, Uscc

router = EdgeRouter(tags=["readiness"])


@router.get("/v1/enterprises/{uscc}/readiness")
@allow(*READERS)
async def show(
    ctx: Ctx,
    desk: Desk,
    uscc: Uscc,
    target: Annotated[Target, Query(description="申报什么 / which recognition")],
    as_of: Annotated[Day | None, Query(description="哪一天,默认今天 / as of which day")] = None,
) -> ReadinessRead:
    """申报条件逐项对照:符合、不符合、不清楚,差多少,评分范围 / readiness condition by condition."""
    library = desk.readiness
    day = as_of or ctx.today
    return _read(await show_readiness(ctx.session, uscc, target=target, as_of=day, library=library), library)


def _read(readiness: Readiness, library: ReadinessLibrary) -> ReadinessRead:
    test, score = readiness.score_test, readiness.score
    return ReadinessRead(
        uscc=readiness.uscc,
        target=readiness.rules.target,
        target_zh=readiness.rules.label_zh,
        as_of=readiness.as_of,
        content_hash=library.content_hash,
        result=readiness.result,
        verdict_zh=verdict_sentence(readiness),
        conditions=[_condition(finding, library) for finding in readiness.findings],
        score=ReadinessScore(
            min=score.least,
            max=score.most,
            threshold=test.threshold if test else None,
            threshold_included=test.threshold_included if test else None,
            judged=[_item(item, library) for item in score.judged],
            items=[_item(item, library) for item in score.items],
        ),
        gaps=[_gap(finding) for finding in readiness.gaps],
    )


def _condition(finding: Finding, library: ReadinessLibrary) -> ReadinessCondition:
    condition, gap = finding.condition, finding.gap
    return ReadinessCondition(
        id=condition.id,
        label_zh=condition.label_zh,
        clause=library.cite(condition),
        from_on=condition.from_on,
        until_on=condition.until_on,
        basis_zh=condition.basis_zh,
        result=finding.result,
        is_required=finding.is_required,
        value=_written(finding.value),
        threshold=_written(finding.threshold),
        unit=finding.kind,
        gap=gap.amount if gap else None,
        gap_unit=gap.kind if gap else None,
        missing_zh=";".join(finding.missing_zh) or None,
        note_zh=finding.note_zh,
    )


def _item(score: ItemScore, library: ReadinessLibrary) -> ReadinessItem:
    return ReadinessItem(
        id=score.item.id,
        label_zh=score.item.label_zh,
        dimension=score.dimension.id,
        dimension_zh=score.dimension.label_zh,
        clause=library.cite(score.item),
        min=score.least,
        max=score.most,
        max_points=score.item.max_points,
        reason_zh=";".join(score.reasons_zh) or None,
    )


def _gap(finding: Finding) -> ReadinessGap:
    gap = finding.gap
    if gap is None:
        raise ValueError(f"{finding.condition.id} has no gap")
    return ReadinessGap(
        id=finding.condition.id,
        label_zh=finding.condition.label_zh,
        gap=gap.amount,
        gap_unit=gap.kind,
        shortfall_ratio=plain(decimal_of(gap.shortfall_ratio)),
        sentence_zh=gap_sentence(finding) or "",
    )


def _written(value: Quantity | None) -> int | str | None:
    return plain(value) if isinstance(value, Decimal) else value
