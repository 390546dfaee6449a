"""Deciding one grant rule for one occasion: eligible, not eligible or unknown, how much, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.awards.domain.occasions import Occasion, RecognitionOccasion
from shared.rules.conditions import AllOf, Condition, Operator, Tree
from shared.rules.evaluation import Evaluator
from shared.rules.explanation import ConditionResult, GroupResult, Node
from shared.rules.facts import FactCatalogue, FactPoint, FactSource, Observation
from shared.rules.grants import (
    FixedAmount,
    GrantRule,
    HumanCheck,
    InForce,
    Once,
    PerGradeAmount,
    RecognitionTrigger,
    Sequence,
    SpecialistGradeTrigger,
)
from shared.rules.packs import LoadedPack
from shared.rules.units import Unit
from shared.rules.verdicts import Verdict


class Result(StrEnum):
    """What the rule says. Eligible with no amount means that a person decides how much."""

    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not_eligible"
    UNKNOWN = "unknown"


_RESULTS = {Verdict.MET: Result.ELIGIBLE, Verdict.NOT_MET: Result.NOT_ELIGIBLE, Verdict.UNKNOWN: Result.UNKNOWN}


@dataclass(frozen=True)
class Decision:
    """The outcome of one rule for one occasion, with the tree that led to it."""

    loaded: LoadedPack
    rule: GrantRule
    occasion: Occasion | None
    evaluated_on: date
    result: Result
    amount_fen: int | None
    tree: Node
    human_checks: tuple[str, ...]


def decide(
    loaded: LoadedPack,
    rule: GrantRule,
    occasion: Occasion,
    facts: FactSource,
    catalogue: FactCatalogue,
    *,
    evaluated_on: date,
) -> Decision:
    """Decide the rule for the occasion, from these facts alone."""
    evaluator = Evaluator(facts, catalogue)
    tree = evaluator.evaluate(AllOf(all=tuple(_requirements(rule, loaded.in_force(rule), occasion))))
    eligible = tree.result is Verdict.MET
    return Decision(
        loaded=loaded,
        rule=rule,
        occasion=occasion,
        evaluated_on=evaluated_on,
        result=_RESULTS[tree.result],
        amount_fen=_amount(rule, facts) if eligible else None,
        tree=tree,
        human_checks=tuple(_due_checks((*loaded.pack.human_checks, *rule.human_checks), evaluator)),
    )


def decide_without_occasion(loaded: LoadedPack, rule: GrantRule, catalogue: FactCatalogue, on: date) -> Decision:
    """Explain that nothing has happened which the rule rewards."""
    fact, wanted = ("specialist.grade", ()) if isinstance(rule.trigger, SpecialistGradeTrigger) else _kinds(rule)
    kind = catalogue.get(fact)
    absent = ConditionResult(
        result=Verdict.NOT_MET,
        label_zh=kind.label_zh,
        unit=kind.unit,
        operator=Operator.ONE_OF,
        thresholds=wanted,
        observed=Observation(fact, FactPoint.ON_EVALUATION, period=on.isoformat(), reason_zh="截至当日没有登记"),
        values_zh=tuple(kind.values_zh.items()),
        clause=rule.clause,
        provision_id=rule.provision_ids[0],
        id=None,
        gap=None,
        missing=(),
    )
    tree = GroupResult(Verdict.NOT_MET, "all", (absent,))
    return Decision(loaded, rule, None, on, Result.NOT_ELIGIBLE, None, tree, ())


def _kinds(rule: GrantRule) -> tuple[str, tuple[str, ...]]:
    return "recognition.kind", rule.trigger.recognition if isinstance(rule.trigger, RecognitionTrigger) else ()


def _requirements(rule: GrantRule, force: InForce, occasion: Occasion) -> Iterator[Tree]:
    """The trigger, the times and the once-rule as conditions beside those of the clause, so that all are explained."""
    yield from _trigger_conditions(rule)
    for day, operator in (
        (force.trigger.from_on, Operator.AT_LEAST),
        (force.trigger.until_on, Operator.AT_MOST),
    ):
        if day is not None:
            yield _condition(rule, "trigger.on", Unit.DATE, operator, day)
    if isinstance(occasion, RecognitionOccasion):
        yield _condition(rule, "recognition.revoked", Unit.FLAG, Operator.EQUAL, False)
    if rule.once is not Once.PER_TRIGGER:
        yield _condition(rule, "award.already_given", Unit.FLAG, Operator.EQUAL, False)
    if isinstance(rule.amount, PerGradeAmount):
        yield _condition(rule, rule.amount.fact, Unit.CODE, Operator.ONE_OF, list(rule.amount.values))
    if rule.conditions is not None:
        yield rule.conditions


def _trigger_conditions(rule: GrantRule) -> Iterator[Tree]:
    match rule.trigger:
        case RecognitionTrigger(recognition=kinds, sequence=sequence):
            yield _condition(rule, "recognition.kind", Unit.CODE, Operator.ONE_OF, list(kinds))
            if set(sequence) != set(Sequence):
                wanted = [place.value for place in sequence]
                yield _condition(rule, "recognition.sequence", Unit.CODE, Operator.ONE_OF, wanted)
        case SpecialistGradeTrigger(grade=grades):
            yield _condition(rule, "specialist.grade", Unit.CODE, Operator.ONE_OF, list(grades))


def _condition(rule: GrantRule, fact: str, unit: Unit, operator: Operator, value: object) -> Condition:
    cited = {"clause": rule.clause, "provision_id": rule.provision_ids[0]}
    return Condition(fact=fact, unit=unit, operator=operator, value=value, **cited)


def _amount(rule: GrantRule, facts: FactSource) -> int | None:
    match rule.amount:
        case FixedAmount(value=fen):
            return fen
        case PerGradeAmount(fact=fact, values=per_grade):
            return per_grade[str(facts.observe(fact, FactPoint.ON_TRIGGER).value)]
        case _:
            return None


def _due_checks(checks: tuple[HumanCheck, ...], evaluator: Evaluator) -> Iterator[str]:
    """A check is due unless its condition is known not to hold."""
    for check in checks:
        if check.when is None or evaluator.evaluate(check.when).result is not Verdict.NOT_MET:
            yield check.text_zh
