"""Three-valued logic after Kleene: what is not known is neither true nor false."""

from collections.abc import Iterable
from enum import StrEnum


class Verdict(StrEnum):
    """The outcome of a condition, or of several joined together."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


def verdict_of(holds: bool) -> Verdict:
    """The verdict for a comparison that could be made."""
    return Verdict.MET if holds else Verdict.NOT_MET


def all_met(verdicts: Iterable[Verdict]) -> Verdict:
    """One failure fails the whole; otherwise one gap leaves it open."""
    seen = set(verdicts)
    for decisive in (Verdict.NOT_MET, Verdict.UNKNOWN):
        if decisive in seen:
            return decisive
    return Verdict.MET


def any_met(verdicts: Iterable[Verdict]) -> Verdict:
    """One success carries the whole; otherwise one gap leaves it open."""
    seen = set(verdicts)
    for decisive in (Verdict.MET, Verdict.UNKNOWN):
        if decisive in seen:
            return decisive
    return Verdict.NOT_MET


def negated(verdict: Verdict) -> Verdict:
    """The opposite; the opposite of unknown is unknown."""
    opposites = {Verdict.MET: Verdict.NOT_MET, Verdict.NOT_MET: Verdict.MET}
    return opposites.get(verdict, verdict)
