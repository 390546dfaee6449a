"""Cells and headings as offices write them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from services.enterprise.domain.errors import FileRefused
from services.enterprise.domain.importing.cells import (
    Cell,
    ForeignCurrency,
    UnitMissing,
    read_amount_fen,
    read_date,
    read_text,
)
from services.enterprise.domain.importing.columns import find_columns, guess_field, guess_unit


@pytest.mark.parametrize(
    "cell",
    [
        "2019-04-01",
        "2019/4/1",
        "2019.4.1",
        "2019年4月1日",
        "20190401",
        "\uff12\uff10\uff11\uff19年4月1日",
        "2019-04-01 00:00:00",
        43556,
        43556.0,
        date(2019, 4, 1),
        datetime(2019, 4, 1),  # noqa: DTZ001 - what a workbook's cell is
    ],
)
def test_every_way_to_write_a_date_is_read(cell: Cell) -> None:
    assert read_date(cell) == date(2019, 4, 1)


@pytest.mark.parametrize("cell", ["2019-02-30", "去年", "1899-01-01", "2019", "01/04/2019"])
def test_what_is_no_date_is_refused_in_words(cell: str) -> None:
    with pytest.raises(ValueError, match="日期"):
        read_date(cell)


@pytest.mark.parametrize(
    ("cell", "unit", "fen"),
    [
        ("26167.4", "万元", 26_167_400_000),
        (26167.4, "万元", 26_167_400_000),
        ("0.0005", "万元", 500),
        ("500万元人民币", None, 500_000_000),
        ("1,200.50元", "万元", 120_050),
        ("1.2亿", "元", 12_000_000_000),
        ("100", "分", 100),
        ("", "元", None),
        (None, None, None),
    ],
)
def test_amounts_are_read_in_the_unit_of_the_cell_else_of_the_heading(
    cell: Cell, unit: str | None, fen: int | None
) -> None:
    assert read_amount_fen(cell, unit=unit) == fen


def test_an_amount_without_any_unit_is_asked_back_and_foreign_money_is_not_converted() -> None:
    with pytest.raises(UnitMissing, match="元或万元"):
        read_amount_fen("500", unit=None)
    with pytest.raises(ForeignCurrency):
        read_amount_fen("100万美元", unit=None)
    with pytest.raises(ForeignCurrency):
        read_amount_fen("100", unit="万元", currency="USD")


def test_text_is_trimmed_and_invisible_signs_are_refused() -> None:
    assert (read_text(" 凤庆 "), read_text("  "), read_text(5301.0)) == ("凤庆", None, "5301")
    with pytest.raises(ValueError, match="控制字符"):
        read_text("凤\u202e庆")


@pytest.mark.parametrize(
    ("heading", "field", "unit"),
    [
        ("统一社会信用代码", "uscc", None),
        ("统一社会信用代码*", "uscc", None),
        ("企业名称", "name", None),
        ("单位名称(全称)", "name", None),
        ("注册资本(万元)", "registered_capital", "万元"),
        ("注册资本(元)", "registered_capital", "元"),
        ("capital_wan", "registered_capital", "万元"),
        ("注册资本", "registered_capital", None),
        ("reg_date", "registered_on", None),
        ("成立日期", "registered_on", None),
        ("所属县(市、区)", None, None),
        ("县区", "region", None),
        ("备注", None, None),
    ],
)
def test_headings_are_understood(heading: str, field: str | None, unit: str | None) -> None:
    assert (guess_field(heading), guess_unit(heading)) == (field, unit)


def test_the_heading_is_found_below_a_title_and_the_mapping_goes_before_the_guess() -> None:
    rows = [(1, ["2026年企业名单", ""]), (3, ["名称", "代码", "企业名称"])]
    index, columns = find_columns(rows, {"uscc": "代码", "name": "名称"})
    assert (index, columns.heading_line, dict(columns.positions)) == (1, 3, {"uscc": 1, "name": 0})
    with pytest.raises(FileRefused, match="统一社会信用代码"):
        find_columns(rows, {})
