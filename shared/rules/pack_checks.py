"""What a well-formed pack may still get wrong: names that exist nowhere, units that do not match."""

from difflib import get_close_matches
from typing import Any

from shared.rules.conditions import Condition, leaves
from shared.rules.documents import Document, Sources
from shared.rules.facts import FactCatalogue
from shared.rules.grants import GrantPack, GrantRule, PerGradeAmount, RecognitionTrigger
from shared.rules.reading import Source
from shared.rules.recognition_kinds import KindRegister


def document_of(source: Source, pack: GrantPack, sources: Sources) -> Document:
    """The document the pack stands for; a pack of another jurisdiction or document raises PackError."""
    if pack.jurisdiction != sources.jurisdiction:
        raise source.error_at(("jurisdiction",), f"区划代码应与 sources.yaml 一致,请写 '{sources.jurisdiction}'")
    document = sources.find(pack.document)
    if document is None:
        listed = "、".join(item.id for item in sources.documents)
        raise source.error_at(("document",), f"sources.yaml 中没有文件 {pack.document},请写其中之一:{listed}")
    return document


def check_rule(source: Source, index: int, rule: GrantRule, catalogue: FactCatalogue, kinds: KindRegister) -> None:
    """Every fact, unit, value and recognition kind that the rule names must exist; raises PackError."""
    path = ("grants", index)
    for condition in leaves(rule.conditions) if rule.conditions else []:
        _check_condition(source, (*path, "conditions"), condition, catalogue)
    for check in rule.human_checks:
        for condition in leaves(check.when) if check.when else []:
            _check_condition(source, (*path, "human_checks"), condition, catalogue)
    if isinstance(rule.amount, PerGradeAmount):
        _check_known(source, (*path, "amount", "fact"), "事实", rule.amount.fact, catalogue.ids)
    if isinstance(rule.trigger, RecognitionTrigger):
        for kind in rule.trigger.recognition:
            _check_known(source, (*path, "trigger", "recognition"), "认定种类", kind, kinds.ids)


def _check_condition(source: Source, path: tuple[Any, ...], condition: Condition, catalogue: FactCatalogue) -> None:
    _check_known(source, path, "事实", condition.fact, catalogue.ids)
    kind = catalogue.get(condition.fact)
    if kind.unit is not condition.unit:
        raise source.error_at(path, f"事实 {condition.fact} 的单位是 {kind.unit},unit 请写 {kind.unit}")
    if kind.values_zh:
        for value in condition.thresholds:
            _check_known(source, path, f"事实 {condition.fact} 的取值", str(value), list(kind.values_zh))


def _check_known(source: Source, path: tuple[Any, ...], what: str, name: str, known: list[str]) -> None:
    if name not in known:
        near = get_close_matches(name, known, n=1)
        hint = f"是否想写 {near[0]}?" if near else f"可用的有:{'、'.join(known)}"
        raise source.error_at(path, f"没有{what} {name},{hint}")
