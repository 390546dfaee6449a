"""Loading readiness.yaml: every name it uses must exist, bands and tiers must be in order, no two entries overlap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path

from services.pipeline.domain.readiness.rules import (
    Cited,
    Condition,
    Count,
    FigureAtMost,
    Growth,
    Item,
    ItemScores,
    Measure,
    ReadinessFile,
    RuleDocument,
    Share,
    ShareReaches,
    Target,
    TargetRules,
)
from shared.kernel.errors import FieldError, Invalid
from shared.rules.facts import FactCatalogue
from shared.rules.hashing import content_hash
from shared.rules.reading import Source, read_source
from shared.rules.units import Unit
from shared.rules.validation import validated

Place = tuple[str | int, ...]
"""Where in a file something stands."""


class NoRuleOnDay(Invalid):
    """No rules for the target held on the day asked for."""

    code = "no_rule_on_day"
    title = "该日没有适用的规则"

    def __init__(self, rules: TargetRules, day: date) -> None:
        first = min(condition.from_on for condition in rules.conditions)
        detail = f"{rules.label_zh}的规则自 {first} 起施行,{day} 没有适用的规则"
        super().__init__(detail, errors=(FieldError("as_of", self.code, detail),))


@dataclass(frozen=True)
class ReadinessLibrary:
    """The rules of all targets over all days, the facts they ask for and the documents they cite."""

    content_hash: str
    targets: dict[Target, TargetRules]
    facts: FactCatalogue
    documents: dict[str, RuleDocument]

    def get_rules(self, target: Target, day: date) -> TargetRules:
        """Return the rules of a target that hold on a day, or raise NoRuleOnDay."""
        rules = self.targets[target]
        holding = rules.on(day)
        if not holding.conditions:
            raise NoRuleOnDay(rules, day)
        return holding

    def cite(self, entry: Cited) -> str:
        """Return where an entry is printed."""
        return self.documents[entry.document].cite(entry.clause)


def load_readiness(root: Path) -> ReadinessLibrary:
    """Return the national rules of readiness; raises PackError naming file and line."""
    source = read_source(root / "national" / "readiness.yaml")
    content = validated(ReadinessFile, source, source.value)
    check = _Check(source, FactCatalogue(content.facts), {document.id: document for document in content.documents})
    for index, fact in enumerate(content.facts):
        if fact.unit not in (Unit.FEN, Unit.COUNT):
            raise source.error_at(("facts", index, "unit"), f"事实 {fact.id} 的 unit 请写 fen 或 count")
    for index, rules in enumerate(content.targets):
        check.target(("targets", index), rules)
    missing = [target for target in Target if target not in {rules.target for rules in content.targets}]
    if missing:
        raise source.error_at(("targets",), f"缺少 {missing[0]} 的规则,请补上")
    targets = {rules.target: rules for rules in content.targets}
    return ReadinessLibrary(content_hash(source.value), targets, check.facts, check.documents)


@dataclass(frozen=True)
class _Check:
    """Checks what a typed model alone cannot see."""

    source: Source
    facts: FactCatalogue
    documents: dict[str, RuleDocument]

    def target(self, path: Place, rules: TargetRules) -> None:
        self._entries((*path, "conditions"), rules.conditions)
        ids = {condition.id for condition in rules.conditions}
        items = {item.id for dimension in rules.dimensions for item in dimension.items}
        for index, condition in enumerate(rules.conditions):
            self._condition((*path, "conditions", index), condition, rules, ids, items)
        for index, dimension in enumerate(rules.dimensions):
            where = (*path, "dimensions", index, "items")
            self._entries(where, dimension.items)
            for place, item in enumerate(dimension.items):
                self._item((*where, place), item)

    def _entries(self, path: Place, entries: Sequence[Cited]) -> None:
        for index, entry in enumerate(entries):
            self._name((*path, index, "document"), entry.document, self.documents, "文件")
            if entry.until_on is not None and entry.until_on < entry.from_on:
                raise self.source.error_at((*path, index, "until_on"), f"until_on 早于 from_on({entry.from_on})")
            twice = [other for other in entries[:index] if other.id == entry.id and _overlap(other, entry)]
            if twice:
                problem = f"{entry.id} 在同一天有两条规则,请给前一条写上 until_on"
                raise self.source.error_at((*path, index, "from_on"), problem)

    def _condition(self, path: Place, condition: Condition, rules: TargetRules, ids: set[str], items: set[str]) -> None:
        if not condition.id.startswith(f"{rules.target}."):
            raise self.source.error_at((*path, "id"), f"条件的 id 请以 {rules.target}. 开头")
        if condition.waived_by is not None:
            self._name((*path, "waived_by"), condition.waived_by, ids, "条件")
        match condition.test:
            case ShareReaches() as test:
                self._measure((*path, "test", "share"), test.share)
                self._tiers((*path, "test"), test)
            case FigureAtMost(figure=figure):
                self._name((*path, "test", "figure"), figure, self.facts.ids, "事实")
            case ItemScores(item=item):
                self._name((*path, "test", "item"), item, items, "评分项")

    def _tiers(self, path: Place, test: ShareReaches) -> None:
        bounds = [tier.up_to for tier in test.required]
        known = [bound for bound in bounds[:-1] if bound is not None]
        if bounds[-1] is not None or len(known) != len(bounds) - 1 or any(a >= b for a, b in pairwise(known)):
            raise self.source.error_at((*path, "required"), "分档请按 up_to 从小到大写,最后一档不写 up_to")
        if (test.tier_by is None) != (len(bounds) == 1):
            raise self.source.error_at(path, "有几档时请写 tier_by,只有一档时不写")
        if test.tier_by is not None:
            self._name((*path, "tier_by"), test.tier_by, self.facts.ids, "事实")

    def _item(self, path: Place, item: Item) -> None:
        for index, way in enumerate(item.ways):
            where = (*path, "ways", index)
            self._measure((*where, "measure"), way.measure)
            for place, band in enumerate(way.bands):
                least, most = band.points
                if not least <= most <= item.max_points:
                    problem = f"points 应从小到大,且不超过本项满分 {item.max_points}"
                    raise self.source.error_at((*where, "bands", place, "points"), problem)
            if any(above.lower <= below.lower or above.points <= below.points for above, below in pairwise(way.bands)):
                raise self.source.error_at((*where, "bands"), "各档请从高到低写")

    def _measure(self, path: Place, measure: Measure) -> None:
        match measure:
            case Share(part=part, whole=whole):
                self._name((*path, "part"), part, self.facts.ids, "事实")
                self._name((*path, "whole"), whole, self.facts.ids, "事实")
                if self.facts.get(part).unit is not self.facts.get(whole).unit:
                    raise self.source.error_at(path, f"{part} 与 {whole} 的单位不同,不能相除")
            case Count(fact=fact):
                self._name((*path, "fact"), fact, self.facts.ids, "事实")
            case Growth(figure=figure):
                self._name((*path, "figure"), figure, self.facts.ids, "事实")

    def _name(self, path: Place, name: str, known: Iterable[str], what: str) -> None:
        offered = list(known)
        if name not in offered:
            raise self.source.error_at(path, f"没有{what} {name},{_hint(name, offered)}")


def _hint(name: str, offered: list[str]) -> str:
    near = get_close_matches(name, offered, n=1)
    return f"是否想写 {near[0]}?" if near else f"可用的有:{'、'.join(offered)}"


def _overlap(one: Cited, other: Cited) -> bool:
    ends = (one.until_on or date.max, other.until_on or date.max)
    return max(one.from_on, other.from_on) <= min(ends)
