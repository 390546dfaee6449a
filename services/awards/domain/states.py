"""The way of an award through two bureaus and the government, as one table."""

from __future__ import annotations

from enum import StrEnum

from shared.kernel.errors import Conflict
from shared.kernel.roles import Role


class AwardStatus(StrEnum):
    """Where an award stands."""

    PROPOSED = "proposed"
    IN_SCIENCE_REVIEW = "in_science_review"
    IN_FINANCE_REVIEW = "in_finance_review"
    IN_GOVERNMENT_CONSENT = "in_government_consent"
    APPROVED = "approved"
    PAYABLE = "payable"
    DISBURSED = "disbursed"
    RETURNED = "returned"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    REVERSED = "reversed"


class Step(StrEnum):
    """What a person does to an award."""

    SCIENCE_REVIEW = "science_review"
    FINANCE_REVIEW = "finance_review"
    GOVERNMENT_CONSENT = "government_consent"
    RETURN = "return"
    REJECT = "reject"
    DECIDE_AMOUNT = "decide_amount"


class Seat(StrEnum):
    """The office for which a person acts on an award. One person holds one seat per award, for ever."""

    RECORDER = "recorder"
    SCIENCE = "science"
    FINANCE = "finance"
    GOVERNMENT = "government"


SEAT_ROLES = {
    Seat.SCIENCE: Role.SCIENCE_REVIEWER,
    Seat.FINANCE: Role.FINANCE_REVIEWER,
    Seat.GOVERNMENT: Role.GOVERNMENT_APPROVER,
}
"""Which role sits where."""

SEATS_ACTING = {
    AwardStatus.PROPOSED: Seat.SCIENCE,
    AwardStatus.IN_SCIENCE_REVIEW: Seat.SCIENCE,
    AwardStatus.RETURNED: Seat.SCIENCE,
    AwardStatus.IN_FINANCE_REVIEW: Seat.FINANCE,
    AwardStatus.IN_GOVERNMENT_CONSENT: Seat.GOVERNMENT,
}
"""Who acts next, where anybody does."""

WITH_SCIENCE = frozenset(state for state, seat in SEATS_ACTING.items() if seat is Seat.SCIENCE)
"""States in which the science bureau holds the award."""

UNDECIDED = frozenset(SEATS_ACTING)
"""States before the decision: a revoked recognition still withdraws the award."""

VOID = frozenset({AwardStatus.REJECTED, AwardStatus.WITHDRAWN, AwardStatus.REVERSED})
"""States in which the award no longer counts against its once-rule."""

_LABELS = {
    AwardStatus.PROPOSED: "已提出,待科技局审核",
    AwardStatus.IN_SCIENCE_REVIEW: "科技局审核中",
    AwardStatus.IN_FINANCE_REVIEW: "财政局审核中",
    AwardStatus.IN_GOVERNMENT_CONSENT: "待政府同意",
    AwardStatus.APPROVED: "已批准",
    AwardStatus.PAYABLE: "待拨付",
    AwardStatus.DISBURSED: "已拨付",
    AwardStatus.RETURNED: "已退回补正",
    AwardStatus.REJECTED: "已驳回",
    AwardStatus.WITHDRAWN: "已撤回",
    AwardStatus.REVERSED: "已冲销",
}
_NEXT = {
    Seat.SCIENCE: "下一步由科技局审核人办理",
    Seat.FINANCE: "下一步由财政局审核人办理",
    Seat.GOVERNMENT: "下一步由政府审批人办理",
}
_STEPS = {
    Step.SCIENCE_REVIEW: "科技局审核",
    Step.FINANCE_REVIEW: "财政局审核",
    Step.GOVERNMENT_CONSENT: "政府同意",
    Step.RETURN: "退回补正",
    Step.REJECT: "驳回",
    Step.DECIDE_AMOUNT: "核定金额",
}

_TRANSITIONS: dict[Step, dict[AwardStatus, AwardStatus]] = {
    Step.SCIENCE_REVIEW: dict.fromkeys(WITH_SCIENCE, AwardStatus.IN_FINANCE_REVIEW),
    Step.FINANCE_REVIEW: {AwardStatus.IN_FINANCE_REVIEW: AwardStatus.IN_GOVERNMENT_CONSENT},
    Step.GOVERNMENT_CONSENT: {AwardStatus.IN_GOVERNMENT_CONSENT: AwardStatus.APPROVED},
    Step.RETURN: dict.fromkeys(UNDECIDED - {AwardStatus.RETURNED}, AwardStatus.RETURNED),
    Step.REJECT: dict.fromkeys(UNDECIDED, AwardStatus.REJECTED),
    Step.DECIDE_AMOUNT: {
        **dict.fromkeys(WITH_SCIENCE, AwardStatus.IN_SCIENCE_REVIEW),
        AwardStatus.IN_FINANCE_REVIEW: AwardStatus.IN_FINANCE_REVIEW,
    },
}


class WrongAwardState(Conflict):
    """The award is not where this step may be taken."""

    code = "wrong_award_state"
    title = "奖补当前状态不能执行此操作"


class AmountUndecided(Conflict):
    """Money cannot be reviewed before it is named."""

    code = "amount_undecided"
    title = "金额尚未核定"


class AmountSetByRule(Conflict):
    """The clause itself names the amount."""

    code = "amount_set_by_rule"
    title = "金额由条款规定,不能另行核定"


def standing_of(state: AwardStatus) -> str:
    """Return a sentence on where the award stands and who acts next."""
    seat = SEATS_ACTING.get(state)
    return f"当前状态:{_LABELS[state]};{_NEXT[seat] if seat else '没有待办的审核步骤'}"


def next_state(state: AwardStatus, step: Step) -> AwardStatus:
    """Return where the step leads; raises WrongAwardState where it may not be taken."""
    target = _TRANSITIONS[step].get(state)
    if target is None:
        raise WrongAwardState(f"不能执行“{_STEPS[step]}”。{standing_of(state)}")
    return target


def seat_for(state: AwardStatus, step: Step, roles: frozenset[Role]) -> Seat:
    """Return the seat from which a person with these roles takes the step.

    The amount is the science bureau's to decide, wherever the award lies; every other step is its holder's.
    """
    seat = Seat.SCIENCE if step is Step.DECIDE_AMOUNT else SEATS_ACTING[state]
    if SEAT_ROLES[seat] not in roles:
        raise WrongAwardState(f"您的角色现在不能执行“{_STEPS[step]}”。{standing_of(state)}")
    return seat
