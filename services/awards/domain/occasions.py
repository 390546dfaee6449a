"""The events that grant rules answer: a recognition was granted, a specialist was graded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from shared.events.enterprise import EnterpriseState, RecognitionState
from shared.rules.grants import GrantRule, RecognitionTrigger, SpecialistGradeTrigger


@dataclass(frozen=True)
class RecognitionOccasion:
    """A recognition of an enterprise, with what is known of the enterprise."""

    enterprise: EnterpriseState
    recognition: RecognitionState

    kind = "recognition"

    @property
    def id(self) -> str:
        """The recognition's id: one recognition is one occasion, however often it is announced."""
        return str(self.recognition.id)

    @property
    def on(self) -> date:
        """The day of issue."""
        return self.recognition.issued_on

    @property
    def uscc(self) -> str | None:
        """The enterprise."""
        return self.enterprise.uscc

    @property
    def beneficiary_id(self) -> str:
        """The enterprise, also where it benefits as the host of a platform or base."""
        return self.enterprise.uscc

    @property
    def beneficiary_name(self) -> str:
        """The enterprise's name."""
        return self.enterprise.name

    @property
    def region_code(self) -> str:
        """The enterprise's county."""
        return self.enterprise.region_code

    @property
    def park_code(self) -> str | None:
        """The enterprise's park."""
        return self.enterprise.park_code


@dataclass(frozen=True)
class GradeOccasion:
    """A specialist's grade for a year."""

    specialist_id: str
    specialist_name: str
    specialist_kind: str
    region_code: str
    year: int
    grade: str
    graded_on: date

    kind = "specialist_grade"
    uscc: str | None = None
    park_code: str | None = None

    @property
    def id(self) -> str:
        """The assessed year: a corrected grade is the same occasion."""
        return f"grade-{self.year}"

    @property
    def on(self) -> date:
        """The last day of the assessed year, or the day of grading where that was earlier."""
        return min(self.graded_on, date(self.year, 12, 31))

    @property
    def beneficiary_id(self) -> str:
        """The specialist."""
        return self.specialist_id

    @property
    def beneficiary_name(self) -> str:
        """The specialist's name."""
        return self.specialist_name


Occasion: TypeAlias = RecognitionOccasion | GradeOccasion


def concerns(rule: GrantRule, occasion: Occasion) -> bool:
    """Tell whether the rule speaks of this sort of occasion at all."""
    match rule.trigger, occasion:
        case RecognitionTrigger(recognition=kinds), RecognitionOccasion(recognition=recognition):
            return recognition.kind in kinds
        case SpecialistGradeTrigger(), GradeOccasion():
            return True
        case _:
            return False


def occasions_of(enterprise: EnterpriseState, *, until_on: date) -> Iterator[RecognitionOccasion]:
    """Yield the enterprise's recognitions issued by that day, the oldest first."""
    for recognition in sorted(enterprise.recognitions, key=lambda r: (r.issued_on, str(r.id))):
        if recognition.issued_on <= until_on:
            yield RecognitionOccasion(enterprise, recognition)
