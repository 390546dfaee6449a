"""Money: integer fen, one rounding, splits that always sum exactly."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.money import MAX_FEN, format_fen, parse_amount, round_fen, split_fen, yuan_to_fen

WEIGHTS = st.lists(st.decimals(0, 1000, places=3), min_size=1, max_size=12).filter(lambda w: sum(w) > 0)


@given(st.integers(0, MAX_FEN), WEIGHTS)
def test_a_split_always_sums_to_the_whole(total: int, weights: list[Decimal]) -> None:
    assert sum(split_fen(total, weights)) == total


@given(st.integers(0, 10**12), WEIGHTS)
def test_a_part_is_within_one_fen_of_its_exact_share(total: int, weights: list[Decimal]) -> None:
    for part, weight in zip(split_fen(total, weights), weights, strict=True):
        assert abs(part - total * weight / sum(weights)) < 1


@given(st.integers(0, 10**9), st.integers(1, 12))
def test_equal_weights_differ_by_one_fen_at_most(total: int, count: int) -> None:
    parts = split_fen(total, [1] * count)
    assert max(parts) - min(parts) <= 1


def test_the_joint_fund_of_3_3_4_is_exact() -> None:
    assert split_fen(25_000_000_00, [3, 3, 4]) == [7_500_000_00, 7_500_000_00, 10_000_000_00]


@pytest.mark.parametrize(("total", "weights"), [(-1, [1]), (1, []), (1, [0, 0]), (1, [1, -1])])
def test_a_senseless_split_is_refused(total: int, weights: list[int]) -> None:
    with pytest.raises(ValueError, match="分配需要"):
        split_fen(total, weights)


@pytest.mark.parametrize(
    ("text", "fen"),
    [("3.5万元", 3_500_000), ("1,200.50", 120_050), ("10万", 10_000_000), ("6.6亿元", 66_000_000_000), ("3.5", 350)],
)
def test_amounts_are_read_as_people_write_them(text: str, fen: int) -> None:
    assert parse_amount(text) == fen


@pytest.mark.parametrize("text", ["1e3", "NaN", "", "万元", "true", "十万", "9" * 30, "1.2.3"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="金额"):
        parse_amount(text)


@given(st.integers(-(10**14), 10**14))
def test_what_is_written_is_read_back(fen: int) -> None:
    assert parse_amount(format_fen(fen)) == fen


def test_rounding_is_half_up_and_yuan_keep_their_fen() -> None:
    assert (round_fen(Decimal("0.5")), round_fen(Decimal("1.4999"))) == (1, 1)
    assert yuan_to_fen("107000.53") == 10_700_053
