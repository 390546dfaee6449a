"""Readiness in Chinese sentences. It says what may be reached, never that an enterprise will pass."""

from __future__ import annotations

from services.pipeline.domain.readiness.assessment import Readiness
from services.pipeline.domain.readiness.findings import Finding, Gap, Kind
from services.pipeline.domain.readiness.rules import FigureAtMost
from shared.kernel.money import format_fen
from shared.rules.verdicts import Verdict

_SHOWN = 3
"""How many conditions a sentence names."""


def gap_sentence(finding: Finding) -> str | None:
    """Return what is missing, or too much, as people say it."""
    if finding.gap is None or finding.gap.amount == 0:
        return None
    verb = "超出" if isinstance(finding.condition.test, FigureAtMost) else "还差"
    return f"{finding.condition.label_zh}:{verb}{_amount(finding.gap)}"


def verdict_sentence(readiness: Readiness) -> str:
    """Return the whole answer in a sentence or two."""
    unmet = [finding for finding in readiness.required if finding.result is Verdict.NOT_MET]
    open_ = [finding for finding in readiness.required if finding.result is Verdict.UNKNOWN]
    parts = []
    if unmet:
        parts.append(f"有{len(unmet)}项条件未满足:{_names(unmet)}")
    if open_:
        parts.append(f"{'另' if unmet else '没有发现不满足的条件,尚'}有{len(open_)}项不清楚:{_names(open_)}")
    if not parts:
        parts.append("按已登记的数据各项条件均满足,以认定机构审定为准")
    cheapest = gap_sentence(readiness.gaps[0]) if readiness.gaps else None
    if cheapest:
        parts.append(f"差距最小的一项是{cheapest}")
    return ";".join([*parts, *_score(readiness)]) + "。"


def _names(findings: list[Finding]) -> str:
    named = "、".join(f"“{finding.condition.label_zh}”" for finding in findings[:_SHOWN])
    return f"{named}等" if len(findings) > _SHOWN else named


def _score(readiness: Readiness) -> list[str]:
    test, score = readiness.score_test, readiness.score
    if test is None or not any(isinstance(f.condition.test, type(test)) for f in readiness.required):
        return []
    verb, needed = ("达到", test.threshold) if test.threshold_included else ("超过", test.threshold + 1)
    span = f"{score.least}分" if score.least == score.most else f"{score.least}至{score.most}分"
    if score.most < needed:
        return [f"评分{span},{'' if score.least == score.most else '最高也'}没有{verb}{test.threshold}分"]
    if score.least >= needed and not score.judged:
        return [f"按已登记的数据评分{span},{verb}{test.threshold}分"]
    return [f"评分在{span}之间,可能{verb}{test.threshold}分,其中{len(score.judged)}项须由专家评判或补充数据"]


def _amount(gap: Gap) -> str:
    units = {Kind.COUNT: "人", Kind.DAY: "天", Kind.POINT: "分"}
    return format_fen(gap.amount) if gap.kind is Kind.FEN else f"{gap.amount}{units.get(gap.kind, '')}"
