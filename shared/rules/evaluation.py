"""Evaluating conditions: ask for each fact, compare exactly, keep what was seen."""

import operator as op
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from shared.rules.conditions import ORDERING, AllOf, AnyOf, Condition, Negation, Operator, Tree
from shared.rules.explanation import ConditionResult, GroupResult, MissingFact, Node
from shared.rules.facts import FactCatalogue, FactKind, FactSource, Observation
from shared.rules.units import Value
from shared.rules.verdicts import Verdict, all_met, any_met, negated, verdict_of

_COMPARE: dict[Operator, Callable[[Any, Any], bool]] = {
    Operator.EQUAL: op.eq,
    Operator.NOT_EQUAL: op.ne,
    Operator.MORE_THAN: op.gt,
    Operator.AT_LEAST: op.ge,
    Operator.LESS_THAN: op.lt,
    Operator.AT_MOST: op.le,
}


class Evaluator:
    """Evaluates condition trees against one source of facts, under one catalogue."""

    def __init__(self, facts: FactSource, catalogue: FactCatalogue) -> None:
        self._facts = facts
        self._catalogue = catalogue

    def evaluate(self, tree: Tree) -> Node:
        """The result of the tree, with everything that led to it. Nothing is skipped: a reader sees every condition."""
        match tree:
            case Condition():
                return self._compare(tree)
            case AllOf(all=children):
                return self._join("all", children, all_met)
            case AnyOf(any=children):
                return self._join("any", children, any_met)
            case Negation(negated=child):
                inner = self.evaluate(child)
                return GroupResult(negated(inner.result), "not", (inner,))

    def _join(self, join: str, children: tuple[Tree, ...], combine: Callable[[Any], Verdict]) -> GroupResult:
        parts = tuple(self.evaluate(child) for child in children)
        return GroupResult(combine(part.result for part in parts), join, parts)

    def _compare(self, condition: Condition) -> ConditionResult:
        kind = self._catalogue.get(condition.fact)
        seen = self._facts.observe(condition.fact, condition.at)
        result = _verdict(condition, seen)
        return ConditionResult(
            result=result,
            label_zh=kind.label_zh,
            unit=condition.unit,
            operator=condition.operator,
            thresholds=condition.thresholds,
            observed=seen,
            values_zh=tuple(kind.values_zh.items()),
            clause=condition.clause,
            provision_id=condition.provision_id,
            id=condition.id,
            gap=_gap(condition, seen.value) if result is Verdict.NOT_MET else None,
            missing=self._missing(kind, seen) if result is Verdict.UNKNOWN else (),
        )

    def _missing(self, kind: FactKind, seen: Observation) -> tuple[MissingFact, ...]:
        absent = [self._catalogue.find(fact) or kind for fact in seen.missing or (kind.id,)]
        return tuple(MissingFact(k.id, k.label_zh, seen.period, k.evidence_zh, k.supplied_by_zh) for k in absent)


def _verdict(condition: Condition, seen: Observation) -> Verdict:
    if seen.value is None:
        return Verdict.UNKNOWN
    if condition.operator is Operator.ONE_OF:
        return verdict_of(seen.value in condition.thresholds)
    return verdict_of(_COMPARE[condition.operator](seen.value, condition.thresholds[0]))


def _gap(condition: Condition, value: Value | None) -> Value | None:
    """How far a number is from its threshold; dates, codes and flags have no distance."""
    threshold = condition.thresholds[0]
    if condition.operator not in ORDERING:
        return None
    if isinstance(value, int | Decimal) and isinstance(threshold, int | Decimal):
        return abs(Decimal(threshold) - value) if isinstance(value, Decimal) else abs(int(threshold) - value)
    return None
