"""What is asked about an enterprise, when it is asked for, and what was found."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, Field

from shared.rules.units import Unit, Value, as_json, from_json


class FactPoint(StrEnum):
    """The day or year for which a rule asks a fact, counted from the event that triggers the rule."""

    ON_TRIGGER = "on_trigger"
    ON_EVALUATION = "on_evaluation"
    END_OF_TRIGGER_YEAR = "end_of_trigger_year"
    IN_TRIGGER_YEAR = "in_trigger_year"
    IN_YEAR_BEFORE = "in_year_before"


class FactKind(BaseModel):
    """One fact that rules may ask for: its unit, its name for people, and who can supply it when it is missing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    label_zh: str
    unit: Unit
    supplied_by_zh: str
    evidence_zh: str
    values_zh: Mapping[str, str] = Field(default_factory=dict)


class FactCatalogue:
    """All facts that rules may ask for, by id."""

    def __init__(self, kinds: Iterable[FactKind]) -> None:
        self._kinds = {kind.id: kind for kind in kinds}

    def find(self, fact: str) -> FactKind | None:
        """The kind of this fact, if there is one."""
        return self._kinds.get(fact)

    def get(self, fact: str) -> FactKind:
        """The kind of this fact; rules are checked at loading, so an absent one is a fault in the program."""
        return self._kinds[fact]

    @property
    def ids(self) -> list[str]:
        """Every fact id, for suggestions."""
        return sorted(self._kinds)


@dataclass(frozen=True, slots=True)
class Observation:
    """What was found for a fact at a point. Without a value, `missing` names the facts that would give one."""

    fact: str
    at: FactPoint
    value: Value | None = None
    period: str | None = None
    source: str | None = None
    missing: tuple[str, ...] = ()
    reason_zh: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The form in which a decision freezes the facts it used."""
        return {
            "fact": self.fact,
            "at": self.at.value,
            "value": None if self.value is None else as_json(self.value),
            "period": self.period,
            "source": self.source,
            "missing": list(self.missing),
            "reason_zh": self.reason_zh,
        }


class FactSource(Protocol):
    """Where the engine asks. Answers must not change during one evaluation."""

    def observe(self, fact: str, at: FactPoint) -> Observation:
        """What is known of this fact at this point."""
        ...


class FrozenFacts:
    """The facts a decision used, read back: evaluating against them gives the same result for ever."""

    def __init__(self, frozen: Iterable[Mapping[str, Any]], catalogue: FactCatalogue) -> None:
        self._seen = {(item["fact"], item["at"]): self._thaw(item, catalogue) for item in frozen}

    @staticmethod
    def _thaw(item: Mapping[str, Any], catalogue: FactCatalogue) -> Observation:
        stored = item["value"]
        return Observation(
            fact=item["fact"],
            at=FactPoint(item["at"]),
            value=None if stored is None else from_json(catalogue.get(item["fact"]).unit, stored),
            period=item["period"],
            source=item["source"],
            missing=tuple(item["missing"]),
            reason_zh=item["reason_zh"],
        )

    def observe(self, fact: str, at: FactPoint) -> Observation:
        """The frozen answer; a question that was not asked then has no answer now."""
        return self._seen.get((fact, at.value)) or Observation(fact, at, missing=(fact,), reason_zh="决定时未采集")
