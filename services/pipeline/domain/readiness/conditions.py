"""How each kind of condition is decided from the enterprise's state and its accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from services.pipeline.domain.enterprises import is_valid_on
from services.pipeline.domain.readiness.accounts import Bookkeeper, Unclear
from services.pipeline.domain.readiness.findings import Finding, Kind, at_least, at_most, share_at_least, unclear
from services.pipeline.domain.readiness.rules import (
    CalendarYears,
    Condition,
    DaysBefore,
    DaysRegistered,
    FigureAtMost,
    HoldsRecognition,
    ItemScores,
    Judged,
    NoBlocks,
    ResidentEnterprise,
    ScoreReaches,
    Share,
    ShareReaches,
    Tier,
)
from services.pipeline.domain.readiness.score import Score
from shared.events.enterprise import BlockState, EnterpriseState
from shared.rules.verdicts import Verdict, verdict_of


@dataclass(frozen=True)
class Examiner:
    """Examines one enterprise on one day."""

    state: EnterpriseState
    books: Bookkeeper
    score: Score

    @property
    def day(self) -> date:
        """The day asked for."""
        return self.books.accounts.as_of

    def examine(self, condition: Condition) -> Finding:
        """Return what is found for a condition."""
        match condition.test:
            case DaysRegistered(at_least=days):
                return self._days_registered(condition, days)
            case ShareReaches() as test:
                return self._share(condition, test)
            case FigureAtMost(figure=figure, at_most=limit):
                return self._figure(condition, figure, limit)
            case NoBlocks() as test:
                return self._no_blocks(condition, test)
            case ScoreReaches() as test:
                return self._score(condition, test)
            case ItemScores(item=item):
                return self._item(condition, item)
            case HoldsRecognition() as test:
                return self._recognition(condition, test)
            case ResidentEnterprise():
                return Finding(condition, verdict_of(self.state.is_candidate))
            case Judged(asks_zh=asks, supplied_by_zh=supplier):
                return unclear(condition, [f"须由人判断:{asks}(材料由{supplier}提供)"])

    def _days_registered(self, condition: Condition, days: int) -> Finding:
        if self.state.registered_on is None:
            return unclear(condition, ["缺少“成立日期”(由企业提供)"], threshold=days, kind=Kind.DAY)
        return at_least(condition, (self.day - self.state.registered_on).days, days, Kind.DAY)

    def _share(self, condition: Condition, test: ShareReaches) -> Finding:
        tier = self._tier(test)
        threshold = None if isinstance(tier, Unclear) else tier.at_least
        found = self.books.measure(test.share)
        if isinstance(found, Unclear) or isinstance(tier, Unclear):
            reasons = [reason for part in (found, tier) if isinstance(part, Unclear) for reason in part.reasons_zh]
            return unclear(condition, list(dict.fromkeys(reasons)), threshold=threshold, kind=Kind.RATIO)
        return share_at_least(condition, found.part, found.whole, tier.at_least, self._kind(test.share.part))

    def _tier(self, test: ShareReaches) -> Tier | Unclear:
        if test.tier_by is None:
            return test.required[0]
        size = self.books.latest(test.tier_by)
        if isinstance(size, Unclear):
            return size
        return next(tier for tier in test.required if tier.up_to is None or size.value <= tier.up_to)

    def _figure(self, condition: Condition, figure: str, limit: int) -> Finding:
        found, kind = self.books.latest(figure), self._kind(figure)
        if isinstance(found, Unclear):
            return unclear(condition, found.reasons_zh, threshold=limit, kind=kind)
        return at_most(condition, int(found.value), limit, kind)

    def _no_blocks(self, condition: Condition, test: NoBlocks) -> Finding:
        match test.window:
            case DaysBefore(days=days):
                since = self.day - timedelta(days=days)
            case CalendarYears(years_back=years):
                since = date(self.day.year - years, 1, 1)
        incidents = [b for b in self.state.blocks if b.kind in test.incidents and _stood(b, since, self.day)]
        listed = [b for b in self.state.blocks if b.kind in test.lists and _stood(b, self.day, self.day)]
        found = [*incidents, *listed]
        note = ";".join(f"{block.from_on}起,来源:{block.source}" for block in found) or "登记的记录中没有此类情形"
        return Finding(condition, verdict_of(not found), len(found), 0, Kind.COUNT, note_zh=note)

    def _score(self, condition: Condition, test: ScoreReaches) -> Finding:
        least, most = self.score.least, self.score.most
        needed = test.threshold + (not test.threshold_included)
        if least < needed <= most:
            named = "、".join(item.item.label_zh for item in self.score.judged)
            return unclear(condition, [f"须由专家评判或补充数据:{named}"], threshold=test.threshold, kind=Kind.POINT)
        found = at_least(condition, most if most < needed else least, needed, Kind.POINT)
        value = least if least == most else None
        return Finding(condition, found.result, value, test.threshold, Kind.POINT, found.gap)

    def _item(self, condition: Condition, name: str) -> Finding:
        item = self.score.find(name)
        if item is None or not item.item.ways:
            return unclear(condition, item.reasons_zh if item else ["该日的评分表没有这一项"])
        measure, lowest = item.item.ways[0].measure, item.item.ways[0].bands[-1].lower
        if item.least == 0 < item.most:
            return unclear(condition, item.reasons_zh, threshold=lowest, kind=Kind.RATIO)
        found = self.books.measure(measure)
        if isinstance(measure, Share) and not isinstance(found, Unclear):
            return share_at_least(condition, found.part, found.whole, lowest, self._kind(measure.part))
        return Finding(condition, verdict_of(item.least > 0), item.least, 0, Kind.POINT)

    def _recognition(self, condition: Condition, test: HoldsRecognition) -> Finding:
        valid = [one for one in self.state.recognitions if is_valid_on(one, self.day)]
        held = [
            one
            for one in valid
            for wanted in test.any_of
            if one.kind == wanted.recognition and (not wanted.levels or one.level in wanted.levels)
        ]
        if held:
            ends = max(held, key=lambda one: one.valid_until_on or date.max).valid_until_on
            return Finding(condition, Verdict.MET, note_zh=f"有效期至 {ends}" if ends else "长期有效")
        return Finding(condition, Verdict.NOT_MET, note_zh=test.note_zh)

    def _kind(self, fact: str) -> Kind:
        return Kind(self.books.facts.get(fact).unit.value)


def _stood(block: BlockState, since: date, until: date) -> bool:
    """Tell whether a block stood on any day of the window; one released on its first day never stood."""
    if block.from_on > until:
        return False
    return block.released_on is None or block.released_on > max(block.from_on, since)
