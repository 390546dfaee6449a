"""The score as a range: what figures settle is settled, what experts judge stays open from nought to full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.pipeline.domain.readiness.accounts import Bookkeeper, Known, Unclear
from services.pipeline.domain.readiness.rules import Dimension, Item, Way


@dataclass(frozen=True)
class ItemScore:
    """The points of one item, from least to most; `reasons_zh` say why they are open, or what was left out."""

    item: Item
    dimension: Dimension
    least: int
    most: int
    is_judged: bool
    reasons_zh: tuple[str, ...] = ()


@dataclass(frozen=True)
class Score:
    """All items of the score."""

    items: tuple[ItemScore, ...]

    @property
    def least(self) -> int:
        """The points that nobody can take away."""
        return sum(self._capped(least=True).values())

    @property
    def most(self) -> int:
        """The points if every open item earned all it can."""
        return sum(self._capped(least=False).values())

    @property
    def judged(self) -> list[ItemScore]:
        """The items that the figures do not settle."""
        return [score for score in self.items if score.is_judged]

    def find(self, item: str) -> ItemScore | None:
        """Return one item's points, None where the table has no such item on the day."""
        return next((score for score in self.items if score.item.id == item), None)

    def _capped(self, *, least: bool) -> dict[str, int]:
        """Return the points by dimension: bonus points never lift one above its cap."""
        sums: dict[str, int] = {}
        for score in self.items:
            dimension = score.dimension
            points = sums.get(dimension.id, 0) + (score.least if least else score.most)
            sums[dimension.id] = min(points, dimension.max_points)
        return sums


def score_of(dimensions: Sequence[Dimension], books: Bookkeeper) -> Score:
    """Return the score as far as the figures settle it."""
    return Score(tuple(_item_score(item, dimension, books) for dimension in dimensions for item in dimension.items))


def _item_score(item: Item, dimension: Dimension, books: Bookkeeper) -> ItemScore:
    if not item.ways:
        return ItemScore(item, dimension, 0, item.max_points, is_judged=True, reasons_zh=("由专家评判",))
    found = [(way, books.measure(way.measure)) for way in item.ways]
    earned = [_points(way, known) for way, known in found if isinstance(known, Known)]
    reasons = tuple(reason for _, unclear in found if isinstance(unclear, Unclear) for reason in unclear.reasons_zh)
    least, most = (max(points) for points in zip(*earned, strict=True)) if earned else (0, item.max_points)
    is_settled = not reasons or (item.chosen_by_enterprise and bool(earned)) or least == item.max_points
    if not is_settled:
        most = item.max_points
    if not reasons and least < most:
        reasons = ("档内得分由专家评判",)
    return ItemScore(item, dimension, least, most, is_judged=least < most, reasons_zh=tuple(dict.fromkeys(reasons)))


def _points(way: Way, known: Known) -> tuple[int, int]:
    return next((band.points for band in way.bands if band.takes(known.value)), (0, 0))
