"""What is known of an enterprise in numbers: its figures by accounting year, and what stands on the day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import pairwise

from services.pipeline.domain.readiness.rules import Count, Growth, Measure, Share
from shared.events.enterprise import EnterpriseState
from shared.rules.facts import FactCatalogue

GROWTH_YEARS = 3


@dataclass(frozen=True)
class Accounts:
    """The numbers behind an answer; a figure that nobody reported is absent, never nought."""

    as_of: date
    registered_on: date | None
    by_year: Mapping[int, Mapping[str, int]]
    standing: Mapping[str, int] = field(default_factory=dict)

    def years(self, count: int) -> tuple[int, ...]:
        """Return the last accounting years before the day's own, only those since registration."""
        last = self.as_of.year - 1
        first = last - count + 1
        return tuple(range(max(first, self.registered_on.year if self.registered_on else first), last + 1))


def accounts_of(state: EnterpriseState, as_of: date) -> Accounts:
    """Return the numbers of an enterprise as of a day."""
    by_year = {
        figures.year: figures.model_dump(exclude={"year", "source"}, exclude_none=True) for figures in state.figures
    }
    return Accounts(as_of, state.registered_on, by_year)


@dataclass(frozen=True)
class Unclear:
    """What cannot be computed, and why: the sentences name year, fact and who can supply it."""

    reasons_zh: tuple[str, ...]


@dataclass(frozen=True)
class Known:
    """A number as computed, exact; of a share also its two sums."""

    value: Fraction
    part: int = 0
    whole: int = 0


@dataclass(frozen=True)
class Bookkeeper:
    """Answers measures from the accounts, exactly or not at all."""

    accounts: Accounts
    facts: FactCatalogue

    def measure(self, measure: Measure) -> Known | Unclear:
        """Return the number a rule asks for."""
        match measure:
            case Share():
                return self._share(measure)
            case Count(fact=fact):
                found = self.accounts.standing.get(fact)
                return Unclear((self._lack(fact),)) if found is None else Known(Fraction(found))
            case Growth(figure=figure):
                return self._growth(figure)

    def latest(self, figure: str) -> Known | Unclear:
        """Return a figure of the latest accounting year."""
        found = self._series(figure, 1)
        return found if isinstance(found, Unclear) else Known(Fraction(found[0]))

    def _share(self, share: Share) -> Known | Unclear:
        parts, wholes = self._series(share.part, share.years), self._series(share.whole, share.years)
        if isinstance(parts, Unclear) or isinstance(wholes, Unclear):
            reasons = [reason for found in (parts, wholes) if isinstance(found, Unclear) for reason in found.reasons_zh]
            return Unclear(tuple(dict.fromkeys(reasons)))
        part, whole = sum(parts), sum(wholes)
        named = f"{self._period(share.years)}“{self._label(share.whole)}”"
        if whole <= 0:
            return Unclear((f"{named}为0,无法计算比例,请核对",))
        if share.is_portion and part > whole:
            return Unclear((f"“{self._label(share.part)}”大于{named},请核对",))
        return Known(Fraction(part, whole), part, whole)

    def _growth(self, figure: str) -> Known | Unclear:
        values = self._series(figure, GROWTH_YEARS)
        if isinstance(values, Unclear):
            return values
        if len(values) > 2 and values[1] == 0:
            return Known(Fraction(0))
        if len(values) > 2 and values[0] == 0:
            values = values[1:]
        if len(values) < 2:
            return Unclear(("经营不满两个会计年度,增长率由专家判断",))
        if values[0] == 0 or min(values) < 0:
            return Unclear((f"“{self._label(figure)}”有为0或为负的年度,增长率由专家判断",))
        rates = [Fraction(later, earlier) for earlier, later in pairwise(values)]
        return Known(sum(rates, Fraction(0)) / len(rates) - 1)

    def _series(self, figure: str, count: int) -> tuple[int, ...] | Unclear:
        years = self.accounts.years(count)
        if not years:
            return Unclear((f"{self.accounts.as_of.year}年以前没有完整的会计年度",))
        known = [self.accounts.by_year.get(year, {}).get(figure) for year in years]
        lacking = tuple(self._lack(figure, year) for year, value in zip(years, known, strict=True) if value is None)
        return Unclear(lacking) if lacking else tuple(value for value in known if value is not None)

    def _lack(self, fact: str, year: int | None = None) -> str:
        kind = self.facts.get(fact)
        return f"缺少{f'{year}年' if year else ''}“{kind.label_zh}”(由{kind.supplied_by_zh}提供)"

    def _label(self, fact: str) -> str:
        return self.facts.get(fact).label_zh

    def _period(self, count: int) -> str:
        years = self.accounts.years(count)
        return f"{years[0]}年" if len(years) == 1 else f"{years[0]}—{years[-1]}年"
