"""How readiness is answered."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel

from services.pipeline.domain.readiness.findings import Kind
from services.pipeline.domain.readiness.rules import Target
from shared.rules.verdicts import Verdict


class ReadinessCondition(BaseModel):
    """一项条件:比例为十进制文字,金额(分)、人数、天数、分数为整数;gap 是差多少(或超出多少),0 为不差。

    is_required 为 false 时不影响结论(可选的直接确认条件,或已由直接确认免去的条件)。
    """

    id: str
    label_zh: str
    clause: str
    from_on: date
    until_on: date | None
    basis_zh: str
    result: Verdict
    is_required: bool
    value: int | str | None
    threshold: int | str | None
    unit: Kind | None
    gap: int | None
    gap_unit: Kind | None
    missing_zh: str | None
    note_zh: str | None


class ReadinessItem(BaseModel):
    """评分表的一项;min、max 是可能得分的范围,reason_zh 说明为什么没有定下来或没有计入什么。"""

    id: str
    label_zh: str
    dimension: str
    dimension_zh: str
    clause: str
    min: int
    max: int
    max_points: int
    reason_zh: str | None


class ReadinessScore(BaseModel):
    """评分范围;judged 是须由专家评判或补充数据的项目,items 是全部项目。"""

    min: int
    max: int
    threshold: int | None
    threshold_included: bool | None
    judged: list[ReadinessItem]
    items: list[ReadinessItem]


class ReadinessGap(BaseModel):
    """一项差距;shortfall_ratio 是差额占要求的比例,小的排在前面。"""

    id: str
    label_zh: str
    gap: int
    gap_unit: Kind
    shortfall_ratio: str
    sentence_zh: str


class ReadinessRead(BaseModel):
    """申报条件逐项对照。只说可能达到,不作通过与否的承诺。"""

    uscc: str
    target: Target
    target_zh: str
    as_of: date
    content_hash: str
    result: Verdict
    verdict_zh: str
    conditions: list[ReadinessCondition]
    score: ReadinessScore
    gaps: list[ReadinessGap]
