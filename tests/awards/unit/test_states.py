"""The way of an award, every state against every step."""

from __future__ import annotations

from itertools import product

import pytest

from services.awards.domain.states import (
    SEATS_ACTING,
    AwardStatus,
    Seat,
    Step,
    WrongAwardState,
    next_state,
    seat_for,
    standing_of,
)
from shared.kernel.roles import Role

S, T = AwardStatus, Step
ALLOWED = {
    (S.PROPOSED, T.SCIENCE_REVIEW): S.IN_FINANCE_REVIEW,
    (S.IN_SCIENCE_REVIEW, T.SCIENCE_REVIEW): S.IN_FINANCE_REVIEW,
    (S.RETURNED, T.SCIENCE_REVIEW): S.IN_FINANCE_REVIEW,
    (S.IN_FINANCE_REVIEW, T.FINANCE_REVIEW): S.IN_GOVERNMENT_CONSENT,
    (S.IN_GOVERNMENT_CONSENT, T.GOVERNMENT_CONSENT): S.APPROVED,
    (S.PROPOSED, T.RETURN): S.RETURNED,
    (S.IN_SCIENCE_REVIEW, T.RETURN): S.RETURNED,
    (S.IN_FINANCE_REVIEW, T.RETURN): S.RETURNED,
    (S.IN_GOVERNMENT_CONSENT, T.RETURN): S.RETURNED,
    (S.PROPOSED, T.REJECT): S.REJECTED,
    (S.IN_SCIENCE_REVIEW, T.REJECT): S.REJECTED,
    (S.RETURNED, T.REJECT): S.REJECTED,
    (S.IN_FINANCE_REVIEW, T.REJECT): S.REJECTED,
    (S.IN_GOVERNMENT_CONSENT, T.REJECT): S.REJECTED,
    (S.PROPOSED, T.DECIDE_AMOUNT): S.IN_SCIENCE_REVIEW,
    (S.IN_SCIENCE_REVIEW, T.DECIDE_AMOUNT): S.IN_SCIENCE_REVIEW,
    (S.RETURNED, T.DECIDE_AMOUNT): S.IN_SCIENCE_REVIEW,
    (S.IN_FINANCE_REVIEW, T.DECIDE_AMOUNT): S.IN_FINANCE_REVIEW,
}
EVERYBODY = frozenset(Role)


@pytest.mark.parametrize(("state", "step"), list(product(AwardStatus, Step)))
def test_a_step_leads_where_the_table_says_or_is_refused_in_chinese(state: AwardStatus, step: Step) -> None:
    if (state, step) in ALLOWED:
        assert next_state(state, step) is ALLOWED[state, step]
        return
    with pytest.raises(WrongAwardState, match="当前状态:"):
        next_state(state, step)


def test_a_decided_award_takes_no_step() -> None:
    for state in set(AwardStatus) - set(SEATS_ACTING):
        assert not [step for step in Step if (state, step) in ALLOWED]


@pytest.mark.parametrize(
    ("state", "seat"),
    [(S.PROPOSED, Seat.SCIENCE), (S.IN_FINANCE_REVIEW, Seat.FINANCE), (S.IN_GOVERNMENT_CONSENT, Seat.GOVERNMENT)],
)
def test_whoever_holds_the_award_returns_or_rejects_it(state: AwardStatus, seat: Seat) -> None:
    assert seat_for(state, Step.REJECT, EVERYBODY) is seat
    with pytest.raises(WrongAwardState, match="下一步由"):
        seat_for(state, Step.REJECT, frozenset({Role.CASEWORKER}))


def test_the_amount_is_the_science_bureaus_to_decide_even_at_the_finance_bureau() -> None:
    assert seat_for(S.IN_FINANCE_REVIEW, Step.DECIDE_AMOUNT, EVERYBODY) is Seat.SCIENCE


def test_the_sentence_on_an_award_says_who_acts_next() -> None:
    assert standing_of(S.IN_FINANCE_REVIEW) == "当前状态:财政局审核中;下一步由财政局审核人办理"
    assert standing_of(S.APPROVED) == "当前状态:已批准;没有待办的审核步骤"
