"""Integrity blocks (national-rules.md b.1: what keeps an enterprise from being recognised or paid)."""

from __future__ import annotations

from enum import StrEnum


class BlockKind(StrEnum):
    """What happened."""

    ABNORMAL_OPERATION = "abnormal_operation"
    SERIOUS_DISHONESTY = "serious_dishonesty"
    SAFETY_ACCIDENT = "safety_accident"
    QUALITY_ACCIDENT = "quality_accident"
    ENVIRONMENTAL_VIOLATION = "environmental_violation"
    INTEGRITY_BREACH = "integrity_breach"
    PLEDGE_BREACH = "pledge_breach"


BLOCK_LABELS = {
    BlockKind.ABNORMAL_OPERATION: "列入经营异常名录",
    BlockKind.SERIOUS_DISHONESTY: "列入严重违法失信名单",
    BlockKind.SAFETY_ACCIDENT: "重大安全事故",
    BlockKind.QUALITY_ACCIDENT: "重大质量事故",
    BlockKind.ENVIRONMENTAL_VIOLATION: "严重环境违法行为",
    BlockKind.INTEGRITY_BREACH: "严重科研失信行为",
    BlockKind.PLEDGE_BREACH: "违背科研诚信承诺",
}
