"""The explanation as Chinese sentences, one line a condition."""

from collections.abc import Iterator

from shared.rules.conditions import Operator
from shared.rules.explanation import ConditionResult, GroupResult, Node
from shared.rules.units import Unit, Value, text_of
from shared.rules.verdicts import Verdict

_MARKS = {Verdict.MET: "✓", Verdict.NOT_MET: "✗", Verdict.UNKNOWN: "?"}
_JOINS = {"all": "以下各项须全部满足", "any": "以下各项满足其一即可", "not": "以下一项须不成立"}
_OPERATORS = {
    Operator.EQUAL: "应为",
    Operator.NOT_EQUAL: "不应为",
    Operator.MORE_THAN: "应超过(不含)",
    Operator.AT_LEAST: "应不低于(含)",
    Operator.LESS_THAN: "应不满(不含)",
    Operator.AT_MOST: "应不超过(含)",
    Operator.ONE_OF: "应属于",
}


def lines_of(node: Node, depth: int = 0) -> Iterator[str]:
    """The tree as indented lines, marked met, not met or unknown."""
    indent = "  " * depth
    if isinstance(node, GroupResult):
        yield f"{indent}{_MARKS[node.result]} {_JOINS[node.join]}:"
        for part in node.parts:
            yield from lines_of(part, depth + 1)
    else:
        yield f"{indent}{_MARKS[node.result]} {sentence_of(node)}"


def sentence_of(condition: ConditionResult) -> str:
    """One comparison as a sentence: what was found, what is required, by which clause."""
    required = "、".join(_shown(value, condition) for value in condition.thresholds)
    clause = f"({condition.clause})" if condition.clause else ""
    return f"{condition.label_zh}{_found(condition)},{_OPERATORS[condition.operator]}{required}{clause}"


def _found(condition: ConditionResult) -> str:
    seen = condition.observed
    period = f"〔{seen.period}〕" if seen.period else ""
    if seen.value is not None:
        source = f",来源:{seen.source}" if seen.source else ""
        return f"{period}为{_shown(seen.value, condition)}{source}"
    wanted = "、".join(f"“{item.label_zh}”(由{item.supplied_by_zh}提供)" for item in condition.missing)
    reason = f",{seen.reason_zh}" if seen.reason_zh else ""
    return f"{period}尚不清楚{reason},缺少{wanted}"


def _shown(value: Value, condition: ConditionResult) -> str:
    if condition.unit is Unit.CODE:
        return dict(condition.values_zh).get(str(value), str(value))
    return text_of(value, condition.unit)
