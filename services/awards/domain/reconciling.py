"""What a fresh decision does to an award that may already exist: decided here, carried out by the use case."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from services.awards.domain.decisions import Result
from services.awards.domain.states import UNDECIDED, VOID, AwardStatus


class Move(StrEnum):
    """What is to be done."""

    NOTHING = "nothing"
    PROPOSE = "propose"
    REOPEN = "reopen"
    REFRESH = "refresh"
    WITHDRAW = "withdraw"
    FLAG_FACTS = "flag_facts"
    FLAG_CLAWBACK = "flag_clawback"


@dataclass(frozen=True)
class Standing:
    """An award as it stands: its state, the flags it carries and the facts it rests on."""

    state: AwardStatus
    facts: list[dict[str, Any]]
    facts_changed: bool = False
    clawback_due: bool = False


@dataclass(frozen=True)
class Finding:
    """What the rule says today, from which facts, and whether the recognition itself was revoked."""

    result: Result
    facts: list[dict[str, Any]]
    is_revoked: bool = False


_UNTOUCHED = frozenset({AwardStatus.PROPOSED, AwardStatus.RETURNED})
"""States in which no review rests on the facts, so newer facts take their place."""


def move_for(standing: Standing | None, finding: Finding) -> Move:
    """Return what is to be done about the award.

    Nobody's decision is undone silently: once a review has begun, changed facts raise a flag, and only a revoked
    recognition withdraws the award. A rejection stands; what was approved is flagged, to be clawed back by a person.
    """
    eligible = finding.result is Result.ELIGIBLE
    if standing is None:
        return Move.PROPOSE if eligible else Move.NOTHING
    if standing.state is AwardStatus.WITHDRAWN:
        return Move.REOPEN if eligible else Move.NOTHING
    if standing.state in VOID:
        return Move.NOTHING
    if eligible:
        is_newer = standing.state in _UNTOUCHED and standing.facts != finding.facts
        return Move.REFRESH if is_newer else Move.NOTHING
    return _move_against(standing, finding)


def _move_against(standing: Standing, finding: Finding) -> Move:
    if finding.is_revoked:
        if standing.state in UNDECIDED:
            return Move.WITHDRAW
        return Move.NOTHING if standing.clawback_due else Move.FLAG_CLAWBACK
    if standing.state is AwardStatus.PROPOSED:
        return Move.WITHDRAW
    return Move.NOTHING if standing.facts_changed else Move.FLAG_FACTS
