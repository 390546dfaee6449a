"""The credit code: every valid one is accepted, every other refused with the position named."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.uscc import ALPHABET, InvalidUscc, find_uscc_fault, normalise_uscc, parse_uscc
from shared.testing.codes import make_uscc
from tests.real_data import real_data

PUBLISHED = [
    "91110000600037341L",
    "914403001922038216",
    "9144030071526726XG",
    "91330100799655058B",
    "53640000MJX173680A",
]


@pytest.mark.parametrize("code", PUBLISHED)
def test_a_published_code_is_accepted(code: str) -> None:
    assert parse_uscc(code) == code


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("91110000600037341", "应为18位,实际17位"),
        ("91110000600037341K", "第18位校验码应为“L”"),
        ("9111000060003734IL", "第17位“I”不是允许的字符"),
        ("911100006000373L1L", "第17位校验码"),
        ("91A10000600037341L", "第3位“A”应为数字"),
        ("530000100012345", "15位旧注册号"),
    ],
)
def test_a_wrong_code_is_refused_with_the_place(text: str, says: str) -> None:
    with pytest.raises(InvalidUscc, match=says):
        parse_uscc(text)


@given(st.integers(0, 31**6 - 1), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_wrong_character_never_passes(serial: int, position: int, char: str) -> None:
    code = make_uscc(serial)
    assert find_uscc_fault(code) is None
    damaged = code[:position] + char + code[position + 1 :]
    assert (find_uscc_fault(damaged) is None) == (damaged == code)


@given(st.text(max_size=40))
def test_rubbish_gets_a_sentence_and_never_an_accident(text: str) -> None:
    fault = find_uscc_fault(normalise_uscc(text))
    assert fault is None or fault


def test_every_real_vector_is_judged_rightly() -> None:
    folder = real_data("testvectors")
    for row in csv.DictReader((folder / "uscc_valid.csv").open(encoding="utf-8")):
        assert find_uscc_fault(normalise_uscc(row["uscc"])) is None
    for row in csv.DictReader((folder / "uscc_invalid.csv").open(encoding="utf-8")):
        assert find_uscc_fault(normalise_uscc(row["input"])) is not None, row
    for row in csv.DictReader((folder / "uscc_normalisable.csv").open(encoding="utf-8")):
        assert parse_uscc(row["input"]) == row["normalised"]
