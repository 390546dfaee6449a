"""Readiness for any figures: more of what is asked for never makes anything worse, and nothing is ever invented."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.pipeline.domain.readiness.assessment import Readiness, assess
from services.pipeline.domain.readiness.rules import Target
from services.pipeline.domain.readiness.sentences import verdict_sentence
from shared.events.enterprise import EnterpriseState, FiguresState
from tests.pipeline.application import readiness
from tests.pipeline.facts import TODAY, Firm

RANK = {"not_met": 0, "unknown": 1, "met": 2}
YEARS = (2023, 2024, 2025)

amounts = st.one_of(st.none(), st.integers(0, 300), st.integers(0, 10**12))


@st.composite
def enterprises(draw: st.DrawFn) -> EnterpriseState:
    """An enterprise with any figures, each of them perhaps missing."""
    names = [name for name in FiguresState.model_fields if name not in ("year", "source", "rd_expense_domestic_fen")]
    figures = []
    for year in YEARS:
        values: dict[str, Any] = {name: draw(amounts) for name in names}
        rd = values["rd_expense_fen"]
        values["rd_expense_domestic_fen"] = None if rd is None else draw(st.integers(0, rd))
        figures.append(FiguresState(year=year, **values))
    return Firm(1).state.model_copy(update={"figures": tuple(figures)})


def more_rd(state: EnterpriseState, year: int, extra_fen: int) -> EnterpriseState:
    """The same enterprise, having spent more on R&D at home in a year."""
    figures = [
        one.model_copy(
            update={
                "rd_expense_fen": one.rd_expense_fen + extra_fen,
                "rd_expense_domestic_fen": (one.rd_expense_domestic_fen or 0) + extra_fen,
            }
        )
        if one.year == year and one.rd_expense_fen is not None
        else one
        for one in state.figures
    ]
    return state.model_copy(update={"figures": tuple(figures)})


def answers(state: EnterpriseState) -> list[Readiness]:
    """The answers for both targets."""
    return [assess(readiness(), target, state, TODAY) for target in Target]


@given(enterprises(), st.sampled_from(YEARS), st.integers(0, 10**11))
def test_more_rd_never_worsens_a_condition_the_score_or_a_gap(state: EnterpriseState, year: int, extra: int) -> None:
    for before, after in zip(answers(state), answers(more_rd(state, year, extra)), strict=True):
        assert before.score.least <= after.score.least
        assert before.score.most <= after.score.most
        for old, new in zip(before.findings, after.findings, strict=True):
            assert RANK[old.result] <= RANK[new.result]
            if old.gap and new.gap and old.condition.id != "hnte.rd_domestic_share":
                assert new.gap.amount <= old.gap.amount


@given(enterprises())
def test_a_gap_closed_exactly_is_met_and_one_unit_less_is_not(state: EnterpriseState) -> None:
    short = next(f for f in answers(state)[0].findings if f.condition.id == "hnte.rd_ratio")
    if short.gap is None or short.gap.amount == 0:
        return
    for missing, result in ((0, "met"), (1, "not_met")):
        closed = more_rd(state, YEARS[-1], short.gap.amount - missing)
        again = next(f for f in answers(closed)[0].findings if f.condition.id == "hnte.rd_ratio")
        assert again.result == result


@given(enterprises())
def test_unknown_always_says_what_is_missing_and_gaps_are_whole_and_in_order(state: EnterpriseState) -> None:
    for answer in answers(state):
        assert 0 <= answer.score.least <= answer.score.most <= 100
        for finding in answer.findings:
            assert (finding.result == "unknown") == bool(finding.missing_zh)
            assert not isinstance(finding.value, float)
        ratios = [finding.gap.shortfall_ratio for finding in answer.gaps if finding.gap]
        assert ratios == sorted(ratios)
        assert verdict_sentence(answer).endswith("。")
