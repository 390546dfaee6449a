"""What was found for one condition: result, value, threshold, and how much is missing in the unit of the fact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

from services.pipeline.domain.readiness.rules import PLACES, Condition
from shared.rules.verdicts import Verdict, verdict_of


class Kind(StrEnum):
    """What a number counts."""

    RATIO = "ratio"
    FEN = "fen"
    COUNT = "count"
    DAY = "day"
    POINT = "point"


Quantity: TypeAlias = int | Decimal


def decimal_of(value: Fraction) -> Decimal:
    """Return a ratio in PLACES decimals, rounded down: what falls short of a limit never prints as the limit."""
    return Decimal(value.numerator * 10**PLACES // value.denominator).scaleb(-PLACES)


@dataclass(frozen=True)
class Gap:
    """How much is missing (or too much) in the unit of the fact, and of how much: small parts come cheap."""

    amount: int
    kind: Kind
    of: int

    @property
    def shortfall_ratio(self) -> Fraction:
        """The gap as a part of what is required."""
        return Fraction(self.amount, max(self.of, 1))


@dataclass(frozen=True)
class Finding:
    """One condition as it stands; `is_required` is false where the outcome does not depend on it."""

    condition: Condition
    result: Verdict
    value: Quantity | None = None
    threshold: Quantity | None = None
    kind: Kind | None = None
    gap: Gap | None = None
    missing_zh: tuple[str, ...] = ()
    note_zh: str | None = None
    is_required: bool = True


def unclear(
    condition: Condition,
    reasons_zh: Sequence[str],
    *,
    threshold: Quantity | None = None,
    kind: Kind | None = None,
) -> Finding:
    """Return that nobody knows yet, and what would settle it."""
    return Finding(condition, Verdict.UNKNOWN, threshold=threshold, kind=kind, missing_zh=tuple(reasons_zh))


def at_least(condition: Condition, value: int, threshold: int, kind: Kind) -> Finding:
    """Return how a whole number stands to its lower bound."""
    gap = Gap(max(threshold - value, 0), kind, threshold)
    return Finding(condition, verdict_of(value >= threshold), value, threshold, kind, gap)


def at_most(condition: Condition, value: int, threshold: int, kind: Kind) -> Finding:
    """Return how a whole number stands to its upper bound; the gap is what is too much."""
    gap = Gap(max(value - threshold, 0), kind, threshold)
    return Finding(condition, verdict_of(value <= threshold), value, threshold, kind, gap)


def share_at_least(condition: Condition, part: int, whole: int, threshold: Decimal, part_kind: Kind) -> Finding:
    """Return how a share stands to its lower bound; the gap is what the part lacks while the whole stays."""
    required = Fraction(threshold) * whole
    needed = -(-required.numerator // required.denominator)
    gap = Gap(max(needed - part, 0), part_kind, needed)
    met = verdict_of(part >= needed)
    return Finding(condition, met, decimal_of(Fraction(part, whole)), threshold, Kind.RATIO, gap)
