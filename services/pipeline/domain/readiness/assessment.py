"""The whole answer: every condition, the score range, the gaps with the cheapest first, and a sentence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from services.pipeline.domain.readiness.accounts import Accounts, Bookkeeper, accounts_of
from services.pipeline.domain.readiness.conditions import Examiner
from services.pipeline.domain.readiness.findings import Finding
from services.pipeline.domain.readiness.library import ReadinessLibrary
from services.pipeline.domain.readiness.rules import ScoreReaches, Target, TargetRules
from services.pipeline.domain.readiness.score import Score, score_of
from shared.events.enterprise import EnterpriseState
from shared.rules.verdicts import Verdict, all_met


@dataclass(frozen=True)
class Readiness:
    """How far an enterprise is from a target on a day."""

    uscc: str
    as_of: date
    rules: TargetRules
    findings: tuple[Finding, ...]
    score: Score

    @property
    def required(self) -> list[Finding]:
        """The findings on which the outcome depends."""
        return [finding for finding in self.findings if finding.is_required]

    @property
    def result(self) -> Verdict:
        """All required conditions together."""
        return all_met(finding.result for finding in self.required)

    @property
    def score_test(self) -> ScoreReaches | None:
        """What the score must reach on the day."""
        tests = (finding.condition.test for finding in self.findings)
        return next((test for test in tests if isinstance(test, ScoreReaches)), None)

    @property
    def gaps(self) -> list[Finding]:
        """What is measurably missing, the smallest part of what is required first."""
        short = [(f.gap.shortfall_ratio, f.condition.id, f) for f in self.required if f.gap and f.gap.amount]
        return [finding for _, _, finding in sorted(short, key=lambda entry: entry[:2])]


def assess(
    library: ReadinessLibrary,
    target: Target,
    state: EnterpriseState,
    as_of: date,
    accounts: Accounts | None = None,
) -> Readiness:
    """Return how far the enterprise is from a target; its accounts are those of its state unless others are given."""
    rules = library.get_rules(target, as_of)
    books = Bookkeeper(accounts or accounts_of(state, as_of), library.facts)
    score = score_of(rules.dimensions, books)
    examiner = Examiner(state, books, score)
    findings = tuple(examiner.examine(condition) for condition in rules.conditions)
    met = {finding.condition.id for finding in findings if finding.result is Verdict.MET}
    return Readiness(state.uscc, as_of, rules, tuple(_weighed(finding, met) for finding in findings), score)


def _weighed(finding: Finding, met: set[str]) -> Finding:
    """Mark what the outcome does not depend on: an optional condition, and one waived by another that is met."""
    condition = finding.condition
    return replace(finding, is_required=not condition.is_optional and condition.waived_by not in met)
