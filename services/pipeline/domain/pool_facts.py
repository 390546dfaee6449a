"""The facts that a pool's doors ask for, as data says how each is read from an enterprise's dated state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from services.pipeline.domain.enterprises import is_above_scale_on, is_valid_on
from shared.events.enterprise import EnterpriseState, FiguresState, RecognitionState
from shared.rules.conditions import RuleModel
from shared.rules.facts import FactKind, FactPoint, Observation
from shared.rules.units import Unit


class RecognitionStanding(RuleModel):
    """Asks about one kind of recognition: does it hold, did it once, or did it end without another one following?"""

    kind: Literal["recognition"]
    recognition: str
    standing: Literal["valid", "held", "lapsed"]


class AboveScale(RuleModel):
    """Asks whether the enterprise is above designated size."""

    kind: Literal["above_scale"]


class LatestFigure(RuleModel):
    """Asks for one figure of the latest year that reports it."""

    kind: Literal["latest_figure"]
    figure: Literal["revenue_fen", "rd_expense_fen", "staff_count", "tech_staff_count", "total_income_fen"]


Question: TypeAlias = Annotated[RecognitionStanding | AboveScale | LatestFigure, Field(discriminator="kind")]


class PoolFact(RuleModel):
    """One fact: what people call it, who supplies it, and how it is read."""

    id: str = Field(pattern="^[a-z_]+$")
    label_zh: str
    unit: Unit
    supplied_by_zh: str
    evidence_zh: str
    asks: Question

    def kind(self) -> FactKind:
        """Return the fact as the rule engine knows facts."""
        return FactKind(
            id=self.id,
            label_zh=self.label_zh,
            unit=self.unit,
            supplied_by_zh=self.supplied_by_zh,
            evidence_zh=self.evidence_zh,
        )


class EnterpriseOnDay:
    """One enterprise as it stood on a day: answers the questions of the doors."""

    def __init__(self, state: EnterpriseState, day: date, facts: Mapping[str, PoolFact]) -> None:
        self._state = state
        self._day = day
        self._facts = facts

    def observe(self, fact: str, at: FactPoint) -> Observation:
        """Return what is known of a fact on that day."""
        match self._facts[fact].asks:
            case RecognitionStanding(recognition=kind, standing=standing):
                return self._recognition(fact, at, kind, standing)
            case AboveScale():
                listed = any(interval.from_on <= self._day for interval in self._state.scale)
                above = is_above_scale_on(self._state, self._day)
                return Observation(fact, at, above, source=None if listed else "未见于规上企业名录")
            case LatestFigure(figure=figure):
                return self._figure(fact, at, figure)

    def _recognition(self, fact: str, at: FactPoint, kind: str, standing: str) -> Observation:
        held = [r for r in self._state.recognitions if r.kind == kind and r.issued_on <= self._day]
        latest = max(held, key=lambda r: r.issued_on, default=None)
        valid = any(is_valid_on(r, self._day) for r in held)
        lapsed = not valid and any(_ran_out_before(r, self._day) for r in held)
        answers = {"valid": valid, "held": bool(held), "lapsed": lapsed}
        return Observation(fact, at, answers[standing], source=_certificate(latest))

    def _figure(self, fact: str, at: FactPoint, figure: str) -> Observation:
        known = [f for f in self._state.figures if f.year <= self._day.year and getattr(f, figure) is not None]
        latest: FiguresState | None = max(known, key=lambda f: f.year, default=None)
        if latest is None:
            return Observation(fact, at, missing=(fact,), reason_zh="没有任何年度的数据")
        return Observation(fact, at, getattr(latest, figure), period=f"{latest.year}年", source=latest.source)


def _ran_out_before(recognition: RecognitionState, day: date) -> bool:
    """Tell whether a recognition reached its last day unrevoked: it ran out, nobody took it away."""
    ends = recognition.valid_until_on
    if ends is None or ends >= day:
        return False
    return recognition.revoked_on is None or recognition.revoked_on > ends


def _certificate(recognition: RecognitionState | None) -> str | None:
    if recognition is None:
        return None
    number = recognition.certificate_number or "无证书编号"
    ends = f",有效期至{recognition.valid_until_on}" if recognition.valid_until_on else ""
    return f"{number},{recognition.issued_on}认定{ends}"
