"""Why a result is what it is: the evaluated tree, its stable JSON form, and what is still missing.

`EXPLANATION_VERSION` names the shape of the JSON. Fields may be added within a version; none changes its meaning.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from shared.rules.conditions import Operator
from shared.rules.facts import FactPoint, Observation
from shared.rules.units import Unit, Value, as_json
from shared.rules.verdicts import Verdict

EXPLANATION_VERSION = 1


@dataclass(frozen=True, slots=True)
class MissingFact:
    """A fact nobody has supplied yet, what would prove it, and who can supply it."""

    fact: str
    label_zh: str
    period: str | None
    evidence_zh: str
    supplied_by_zh: str

    def to_json(self) -> dict[str, Any]:
        """The entry of `missing` in the versioned JSON."""
        return {
            "fact": self.fact,
            "label_zh": self.label_zh,
            "period": self.period,
            "evidence_zh": self.evidence_zh,
            "supplied_by_zh": self.supplied_by_zh,
        }


@dataclass(frozen=True, slots=True)
class ConditionResult:
    """One comparison as it turned out."""

    result: Verdict
    label_zh: str
    unit: Unit
    operator: Operator
    thresholds: tuple[Value, ...]
    observed: Observation
    values_zh: tuple[tuple[str, str], ...]
    clause: str | None
    provision_id: str | None
    id: str | None
    gap: Value | None
    missing: tuple[MissingFact, ...]

    def to_json(self) -> dict[str, Any]:
        """The `condition` node of the versioned JSON."""
        written = [as_json(value) for value in self.thresholds]
        return {
            "node": "condition",
            "result": self.result.value,
            "id": self.id,
            "fact": self.observed.fact,
            "label_zh": self.label_zh,
            "at": self.observed.at.value,
            "period": self.observed.period,
            "value": None if self.observed.value is None else as_json(self.observed.value),
            "source": self.observed.source,
            "operator": self.operator.value,
            "threshold": written if self.operator is Operator.ONE_OF else written[0],
            "unit": self.unit.value,
            "gap": None if self.gap is None else as_json(self.gap),
            "clause": self.clause,
            "provision_id": self.provision_id,
            "reason_zh": self.observed.reason_zh,
            "missing": [item.to_json() for item in self.missing],
        }


@dataclass(frozen=True, slots=True)
class GroupResult:
    """Several results joined by all, any or not."""

    result: Verdict
    join: str
    parts: tuple["Node", ...]

    def to_json(self) -> dict[str, Any]:
        """The `all`, `any` or `not` node of the versioned JSON."""
        return {"node": self.join, "result": self.result.value, "parts": [part.to_json() for part in self.parts]}


Node: TypeAlias = ConditionResult | GroupResult


def conditions_of(node: Node) -> Iterator[ConditionResult]:
    """Every comparison in the tree, in the order of the rule."""
    if isinstance(node, ConditionResult):
        yield node
    else:
        for part in node.parts:
            yield from conditions_of(part)


def observations_of(node: Node) -> list[Observation]:
    """The facts this result used, each once: what a decision freezes."""
    seen: dict[tuple[str, FactPoint], Observation] = {}
    for condition in conditions_of(node):
        seen.setdefault((condition.observed.fact, condition.observed.at), condition.observed)
    return list(seen.values())


def missing_of(node: Node) -> list[MissingFact]:
    """What would settle an unknown result; nothing where the result is already settled."""
    if node.result is not Verdict.UNKNOWN:
        return []
    if isinstance(node, ConditionResult):
        return list(node.missing)
    found = [item for part in node.parts for item in missing_of(part)]
    return list(dict.fromkeys(found))
