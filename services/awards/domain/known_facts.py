"""What the service knows about an occasion, as the rule engine asks for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.awards.domain.occasions import GradeOccasion, Occasion, RecognitionOccasion
from shared.events.enterprise import EnterpriseState, FiguresState, RecognitionState
from shared.rules.facts import FactPoint, Observation
from shared.rules.units import Value

_REVENUE, _RD_EXPENSE = "figures.revenue_fen", "figures.rd_expense_fen"


@dataclass(frozen=True)
class KnownFacts:
    """The facts of one occasion on the day of evaluation. `already_given` answers for the rule being evaluated."""

    occasion: Occasion
    evaluated_on: date
    already_given: bool = False

    def observe(self, fact: str, at: FactPoint) -> Observation:
        """Return what is known of the fact at this point; the unknown is said to be unknown, never guessed."""
        group, _, name = fact.partition(".")
        observe: Callable[[str, str, FactPoint], Observation] | None = {
            "enterprise": self._of_enterprise,
            "figures": self._of_figures,
            "recognition": self._of_recognition,
            "specialist": self._of_specialist,
            "trigger": self._of_trigger,
            "award": self._of_award,
        }.get(group)
        return observe(fact, name, at) if observe else Observation(fact, at, missing=(fact,))

    def _day(self, at: FactPoint) -> date:
        on = self.occasion.on
        days = {
            FactPoint.ON_TRIGGER: on,
            FactPoint.ON_EVALUATION: self.evaluated_on,
            FactPoint.IN_YEAR_BEFORE: date(on.year - 1, 12, 31),
        }
        return days.get(at, date(on.year, 12, 31))

    def _enterprise(self) -> EnterpriseState | None:
        return self.occasion.enterprise if isinstance(self.occasion, RecognitionOccasion) else None

    def _of_enterprise(self, fact: str, name: str, at: FactPoint) -> Observation:
        enterprise, day = self._enterprise(), self._day(at)
        if enterprise is None:
            return _unknown(fact, at, None)
        if name != "above_scale":
            return _known(fact, at, getattr(enterprise, name, None), None, "企业登记信息")
        if day > self.evaluated_on:
            return _unknown(fact, at, day.isoformat(), reason="这一天还没有到")
        spells = [spell for spell in enterprise.scale if spell.from_on <= day]
        if not spells:
            return _unknown(fact, at, day.isoformat())
        spell = max(spells, key=lambda item: item.from_on)
        return Observation(fact, at, value=spell.above_scale, period=day.isoformat(), source=spell.source)

    def _of_figures(self, fact: str, name: str, at: FactPoint) -> Observation:
        year = self._day(at).year
        enterprise = self._enterprise()
        reported = [item for item in (enterprise.figures if enterprise else ()) if item.year == year]
        figures = reported[-1] if reported else FiguresState(year=year)
        if name == "rd_intensity_ratio":
            return _rd_intensity(fact, at, figures)
        return _known(fact, at, getattr(figures, name, None), f"{year}年度", figures.source)

    def _of_recognition(self, fact: str, name: str, at: FactPoint) -> Observation:
        if not isinstance(self.occasion, RecognitionOccasion):
            return _unknown(fact, at, None)
        recognition = self.occasion.recognition
        source = _certificate(recognition)
        if name == "revoked":
            return Observation(fact, at, value=recognition.revoked_on is not None, source=source)
        return _known(fact, at, getattr(recognition, name, None), None, source)

    def _of_specialist(self, fact: str, name: str, at: FactPoint) -> Observation:
        if not isinstance(self.occasion, GradeOccasion):
            return _unknown(fact, at, None)
        if name == "kind":
            return _known(fact, at, self.occasion.specialist_kind, None, "特派员名册")
        return _known(fact, at, self.occasion.grade, f"{self.occasion.year}年度", "年度考核")

    def _of_trigger(self, fact: str, name: str, at: FactPoint) -> Observation:
        return Observation(fact, at, value=self.occasion.on, source="认定登记" if self._enterprise() else "年度考核")

    def _of_award(self, fact: str, name: str, at: FactPoint) -> Observation:
        return Observation(fact, at, value=self.already_given, source="奖补台账")


def _known(fact: str, at: FactPoint, value: Value | None, period: str | None, source: str | None) -> Observation:
    if value is None:
        return _unknown(fact, at, period)
    return Observation(fact, at, value=value, period=period, source=source)


def _unknown(fact: str, at: FactPoint, period: str | None, *, reason: str | None = None) -> Observation:
    return Observation(fact, at, period=period, missing=(fact,), reason_zh=reason)


def _rd_intensity(fact: str, at: FactPoint, figures: FiguresState) -> Observation:
    """R&D expense over revenue of the same year; without revenue there is no ratio, rather than a division by zero."""
    period = f"{figures.year}年度"
    amounts = {_REVENUE: figures.revenue_fen, _RD_EXPENSE: figures.rd_expense_fen}
    missing = tuple(name for name, amount in amounts.items() if amount is None)
    if figures.revenue_fen is None or figures.rd_expense_fen is None:
        return Observation(fact, at, period=period, missing=missing)
    if figures.revenue_fen <= 0:
        return Observation(fact, at, period=period, missing=(_REVENUE,), reason_zh="营业收入为零,无法计算比重")
    ratio = Decimal(figures.rd_expense_fen) / Decimal(figures.revenue_fen)
    return Observation(fact, at, value=ratio, period=period, source=figures.source)


def _certificate(recognition: RecognitionState) -> str:
    parts = (recognition.issuer, recognition.document, recognition.certificate_number)
    return " ".join(part for part in parts if part) or "认定登记"
