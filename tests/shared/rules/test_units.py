"""Values as policies write them, exact to the fen and to the last decimal."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.rules.units import NotInUnit, Unit, as_json, fen_of, from_json, text_of, value_in


@pytest.mark.parametrize(
    ("written", "fen"),
    [("10万元", 10_000_000), ("3000元", 300_000), ("1.25亿元", 12_500_000_000), (15, 15), ("0元", 0)],
)
def test_money_is_read_as_whole_fen(written: object, fen: int) -> None:
    assert fen_of(written) == fen


@pytest.mark.parametrize("written", ["10", "10万美元", "十万元", True, -1, Decimal("1.5"), None, "1e3元", 10**17])
def test_money_without_a_clear_unit_is_refused(written: object) -> None:
    with pytest.raises(NotInUnit):
        fen_of(written)


@pytest.mark.parametrize(
    ("written", "ratio"), [("1.5%", "0.015"), (Decimal("0.015"), "0.015"), (1, "1"), ("60%", "0.6")]
)
def test_a_ratio_is_a_decimal(written: object, ratio: str) -> None:
    assert value_in(Unit.RATIO, written) == Decimal(ratio)


@pytest.mark.parametrize(
    ("unit", "written"),
    [
        (Unit.RATIO, "百分之一"),
        (Unit.FLAG, "yes"),
        (Unit.COUNT, "3"),
        (Unit.COUNT, True),
        (Unit.DATE, "明天"),
        (Unit.CODE, 5),
    ],
)
def test_a_value_of_another_unit_is_refused_with_what_to_write(unit: Unit, written: object) -> None:
    with pytest.raises(NotInUnit, match="请写成"):
        value_in(unit, written)


@given(st.decimals(min_value=0, max_value=100, places=12))
def test_a_ratio_survives_its_json_form(ratio: Decimal) -> None:
    assert from_json(Unit.RATIO, as_json(ratio)) == ratio


def test_dates_and_flags_survive_their_json_form() -> None:
    assert from_json(Unit.DATE, as_json(date(2025, 12, 31))) == date(2025, 12, 31)
    assert from_json(Unit.FLAG, as_json(True)) is True


def test_a_ratio_just_above_a_limit_does_not_print_as_the_limit() -> None:
    assert text_of(Decimal("0.015"), Unit.RATIO) == "1.5%"
    assert text_of(Decimal("0.0150000001"), Unit.RATIO) == "约1.5%"


def test_values_print_as_chinese_readers_expect() -> None:
    assert text_of(10_000_000, Unit.FEN) == "10万元"
    assert text_of(True, Unit.FLAG) == "是"
    assert text_of(date(2025, 1, 2), Unit.DATE) == "2025-01-02"
