"""A quote is found whatever the web page did to blanks and punctuation, and not otherwise."""

from __future__ import annotations

import pytest

from shared.rules.quotes import stands_in

TEXT = "对首次认定企业给予“市级财政资金”10 万元补助(2023—2025年),\n 比重超过1.5%。"


@pytest.mark.parametrize(
    "quote",
    [
        "对首次认定企业给予“市级财政资金”10万元补助",
        '给予"市级财政资金"10万元补助（2023-2025年），比重超过１.５％',
        "10 万 元 补助",
    ],
)
def test_blanks_and_widths_make_no_difference(quote: str) -> None:
    assert stands_in(quote, TEXT)


@pytest.mark.parametrize("quote", ["对首次认定企业给予市级财政资金20万元", "", "  ", "比重超过1、5%"])
def test_other_words_and_empty_quotes_are_not_found(quote: str) -> None:
    assert not stands_in(quote, TEXT)
