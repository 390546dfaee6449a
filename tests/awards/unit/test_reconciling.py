"""What a fresh decision does to an award that may already exist."""

from __future__ import annotations

import pytest

from services.awards.domain.decisions import Result
from services.awards.domain.reconciling import Finding, Move, Standing, move_for
from services.awards.domain.states import AwardStatus

S, R, M = AwardStatus, Result, Move
OLD, NEW = [{"fact": "a"}], [{"fact": "b"}]
REVIEWED = (S.IN_SCIENCE_REVIEW, S.IN_FINANCE_REVIEW, S.IN_GOVERNMENT_CONSENT)
DECIDED = (S.APPROVED, S.PAYABLE, S.DISBURSED)


@pytest.mark.parametrize(
    ("result", "move"), [(R.ELIGIBLE, M.PROPOSE), (R.UNKNOWN, M.NOTHING), (R.NOT_ELIGIBLE, M.NOTHING)]
)
def test_only_an_eligible_case_is_proposed(result: Result, move: Move) -> None:
    assert move_for(None, Finding(result, OLD)) is move


@pytest.mark.parametrize("state", [*REVIEWED, *DECIDED, S.REJECTED])
def test_hearing_the_same_again_does_nothing(state: AwardStatus) -> None:
    assert move_for(Standing(state, OLD), Finding(R.ELIGIBLE, OLD)) is M.NOTHING


@pytest.mark.parametrize(
    ("state", "move"),
    [(S.PROPOSED, M.REFRESH), (S.RETURNED, M.REFRESH), *((s, M.NOTHING) for s in (*REVIEWED, *DECIDED))],
)
def test_newer_facts_replace_the_old_ones_only_while_nobody_has_signed(state: AwardStatus, move: Move) -> None:
    assert move_for(Standing(state, OLD), Finding(R.ELIGIBLE, NEW)) is move


@pytest.mark.parametrize(
    ("state", "move"),
    [
        (S.PROPOSED, M.WITHDRAW),
        *((state, M.WITHDRAW) for state in (*REVIEWED, S.RETURNED)),
        *((state, M.FLAG_CLAWBACK) for state in DECIDED),
        *((state, M.NOTHING) for state in (S.REJECTED, S.WITHDRAWN, S.REVERSED)),
    ],
)
def test_a_revocation_withdraws_what_is_undecided_and_flags_what_is_decided(state: AwardStatus, move: Move) -> None:
    assert move_for(Standing(state, OLD), Finding(R.NOT_ELIGIBLE, NEW, is_revoked=True)) is move


@pytest.mark.parametrize("result", [R.NOT_ELIGIBLE, R.UNKNOWN])
@pytest.mark.parametrize(
    ("state", "move"), [(S.PROPOSED, M.WITHDRAW), *((s, M.FLAG_FACTS) for s in (*REVIEWED, *DECIDED, S.RETURNED))]
)
def test_facts_that_turn_against_an_award_never_undo_a_persons_work(
    state: AwardStatus, move: Move, result: Result
) -> None:
    assert move_for(Standing(state, OLD), Finding(result, NEW)) is move


def test_a_flag_is_raised_once() -> None:
    flagged = Standing(S.APPROVED, OLD, facts_changed=True, clawback_due=True)
    assert move_for(flagged, Finding(R.NOT_ELIGIBLE, NEW)) is M.NOTHING
    assert move_for(flagged, Finding(R.NOT_ELIGIBLE, NEW, is_revoked=True)) is M.NOTHING


def test_a_withdrawn_award_comes_back_when_the_facts_do() -> None:
    assert move_for(Standing(S.WITHDRAWN, OLD), Finding(R.ELIGIBLE, NEW)) is M.REOPEN
    assert move_for(Standing(S.WITHDRAWN, OLD), Finding(R.UNKNOWN, NEW)) is M.NOTHING
