"""Yearly figures: the items that are reported, and how a correction joins what is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.enterprise.domain.enterprise import YearFigures

FIGURE_ITEMS = (
    "revenue_fen",
    "rd_expense_fen",
    "rd_expense_domestic_fen",
    "staff_count",
    "tech_staff_count",
    "ht_income_fen",
    "total_income_fen",
    "total_assets_fen",
    "net_assets_fen",
)
"""What is reported for a year; only net assets may be negative."""


def with_report(
    figures: Sequence[YearFigures], *, year: int, items: Mapping[str, int], source: str
) -> tuple[YearFigures, ...]:
    """Return the figures after a report: the newest value of each item stands, others of that year stay."""
    known = next((f for f in figures if f.year == year), YearFigures(year, {}))
    merged = YearFigures(year, {**known.items, **items}, source)
    return tuple(sorted([*(f for f in figures if f.year != year), merged], key=lambda f: f.year))
