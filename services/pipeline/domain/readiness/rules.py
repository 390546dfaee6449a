"""The shape of readiness.yaml: per target its conditions and its score table, each dated and cited."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Literal, TypeAlias, TypeVar

from pydantic import BeforeValidator, Field

from shared.rules.conditions import RuleModel
from shared.rules.facts import FactKind
from shared.rules.units import NotInUnit, Unit, fen_of, value_in

PLACES = 6
"""How many decimal places a ratio has at most, in the rules and in answers."""


class Target(StrEnum):
    """What an enterprise may get ready for."""

    HNTE = "hnte"
    TECH_SME = "tech_sme"


def _ratio(written: object) -> object:
    ratio = value_in(Unit.RATIO, written)
    if isinstance(ratio, Decimal) and ratio != round(ratio, PLACES):
        raise ValueError(f"比例 {written} 的小数位太多,最多写到{PLACES}位")
    return ratio


def _money(written: object) -> int:
    if not isinstance(written, str):
        raise NotInUnit(f"金额 {written} 没有单位,请写成“5000万元”")
    return fen_of(written)


def _points(written: object) -> object:
    return (written, written) if isinstance(written, int) else written


Ratio = Annotated[Decimal, BeforeValidator(_ratio)]
Money = Annotated[int, BeforeValidator(_money)]
"""Fen, written with their unit."""
Amount = Annotated[int, BeforeValidator(fen_of)]
"""A whole number, or money with its unit."""
Points = Annotated[int, Field(ge=0, le=100)]
PointRange = Annotated[tuple[Points, Points], BeforeValidator(_points)]


class Cited(RuleModel):
    """Something the law says, from `from_on` until `until_on` (the last day; none while it holds)."""

    id: str = Field(pattern=r"^[a-z][a-z_.]*$")
    label_zh: str
    from_on: date
    until_on: date | None = None
    document: str
    clause: str
    basis_zh: str

    def holds_on(self, day: date) -> bool:
        """Tell whether this is the law on a day."""
        return self.from_on <= day and (self.until_on is None or day <= self.until_on)


class Share(RuleModel):
    """One figure as a share of another, both summed over the last accounting years; a portion lies within its whole."""

    kind: Literal["share"] = "share"
    part: str
    whole: str
    years: int = Field(ge=1, le=3)
    is_portion: bool = False


class Count(RuleModel):
    """A number that stands on the day."""

    kind: Literal["count"]
    fact: str


class Growth(RuleModel):
    """The mean yearly growth of a figure over the last three accounting years."""

    kind: Literal["growth"]
    figure: str


Measure: TypeAlias = Annotated[Share | Count | Growth, Field(discriminator="kind")]


class Tier(RuleModel):
    """What is required of those up to a size, the size included; without `up_to`, of all others."""

    up_to: Money | None = None
    at_least: Ratio


class DaysRegistered(RuleModel):
    """So many natural days have passed since registration."""

    kind: Literal["days_registered"]
    at_least: int = Field(ge=1)


class ShareReaches(RuleModel):
    """A share is large enough; with several tiers `tier_by` is the figure of the latest year that decides."""

    kind: Literal["share"]
    share: Share
    tier_by: str | None = None
    required: tuple[Tier, ...] = Field(min_length=1)


class FigureAtMost(RuleModel):
    """A figure of the latest accounting year is not too large."""

    kind: Literal["figure"]
    figure: str
    at_most: Amount


class DaysBefore(RuleModel):
    """So many natural days before the day asked for."""

    kind: Literal["days"]
    days: int = Field(ge=1)


class CalendarYears(RuleModel):
    """The running calendar year and so many before it."""

    kind: Literal["calendar_years"]
    years_back: int = Field(ge=0, le=10)


class NoBlocks(RuleModel):
    """No such incident stood within the window, and no such list names the enterprise on the day."""

    kind: Literal["no_blocks"]
    incidents: tuple[str, ...]
    window: Annotated[DaysBefore | CalendarYears, Field(discriminator="kind")]
    lists: tuple[str, ...] = ()


class ScoreReaches(RuleModel):
    """The score is high enough."""

    kind: Literal["score"]
    threshold: Points
    threshold_included: bool = True


class ItemScores(RuleModel):
    """One item of the score has more than no points."""

    kind: Literal["item"]
    item: str


class HeldRecognition(RuleModel):
    """A recognition, of one of the levels where any are named."""

    recognition: str
    levels: tuple[str, ...] = ()


class HoldsRecognition(RuleModel):
    """One of these recognitions is valid."""

    kind: Literal["recognition"]
    any_of: tuple[HeldRecognition, ...] = Field(min_length=1)
    note_zh: str | None = None


class ResidentEnterprise(RuleModel):
    """It is an enterprise, and none of the bodies that are only kept in the register."""

    kind: Literal["resident_enterprise"]


class Judged(RuleModel):
    """A person has to judge this."""

    kind: Literal["judged"]
    asks_zh: str
    supplied_by_zh: str


Test: TypeAlias = Annotated[
    DaysRegistered
    | ShareReaches
    | FigureAtMost
    | NoBlocks
    | ScoreReaches
    | ItemScores
    | HoldsRecognition
    | ResidentEnterprise
    | Judged,
    Field(discriminator="kind"),
]


class Condition(Cited):
    """One condition. It is needless where the one that waives it is met; an optional one only waives others."""

    waived_by: str | None = None
    is_optional: bool = False
    test: Test


class Band(RuleModel):
    """Who reaches the lower bound gets these points."""

    lower: Ratio
    lower_included: bool = True
    points: PointRange

    def takes(self, value: Fraction) -> bool:
        """Tell whether a value reaches the band."""
        bound = Fraction(self.lower)
        return value > bound or (self.lower_included and value == bound)


class Way(RuleModel):
    """One way to earn an item's points: the first band reached, from the top; none is no points."""

    measure: Measure
    bands: tuple[Band, ...] = Field(min_length=1)


class Item(Cited):
    """One item of the score, the best of its ways; without ways, experts judge it.

    Where the enterprise may choose the way, a way without figures is one it does not take.
    """

    max_points: Points
    ways: tuple[Way, ...] = ()
    chosen_by_enterprise: bool = False


class Dimension(RuleModel):
    """Items whose points together are capped."""

    id: str
    label_zh: str
    max_points: Points
    items: tuple[Item, ...] = Field(min_length=1)


_C = TypeVar("_C", bound=Cited)


class TargetRules(RuleModel):
    """The conditions and the score table of one target, over all days."""

    target: Target
    label_zh: str
    conditions: tuple[Condition, ...] = Field(min_length=1)
    dimensions: tuple[Dimension, ...]

    def on(self, day: date) -> TargetRules:
        """Return what holds on a day."""
        dimensions = (d.model_copy(update={"items": _holding(d.items, day)}) for d in self.dimensions)
        return self.model_copy(
            update={"conditions": _holding(self.conditions, day), "dimensions": tuple(d for d in dimensions if d.items)}
        )


def _holding(entries: tuple[_C, ...], day: date) -> tuple[_C, ...]:
    return tuple(entry for entry in entries if entry.holds_on(day))


class RuleDocument(RuleModel):
    """A document that the rules rest on."""

    id: str
    title: str
    document_number: str | None = None

    def cite(self, clause: str) -> str:
        """Return a citation as people write it."""
        number = f"({self.document_number})" if self.document_number else ""
        return f"《{self.title}》{number}{clause}"


class ReadinessFile(RuleModel):
    """readiness.yaml."""

    documents: tuple[RuleDocument, ...]
    facts: tuple[FactKind, ...]
    targets: tuple[TargetRules, ...]
