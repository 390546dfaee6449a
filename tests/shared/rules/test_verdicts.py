"""Kleene's tables, written out by hand."""

from __future__ import annotations

from itertools import permutations, product

import pytest

from shared.rules.verdicts import Verdict, all_met, any_met, negated

T, F, U = Verdict.MET, Verdict.NOT_MET, Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("left", "right", "both", "either"),
    [(T, T, T, T), (T, F, F, T), (T, U, U, T), (F, F, F, F), (F, U, F, U), (U, U, U, U)],
)
def test_two_verdicts_join_in_either_order(left, right, both, either) -> None:
    for pair in permutations((left, right)):
        assert all_met(pair) is both
        assert any_met(pair) is either


def test_the_opposite_of_unknown_is_unknown() -> None:
    assert [negated(v) for v in (T, F, U)] == [F, T, U]


def test_de_morgan_holds_with_unknowns() -> None:
    for triple in product((T, F, U), repeat=3):
        assert negated(all_met(triple)) is any_met(negated(v) for v in triple)


def test_nothing_to_meet_is_met() -> None:
    assert all_met([]) is T
    assert any_met([]) is F
