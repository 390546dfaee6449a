"""The decision as stable, versioned JSON and as Chinese text."""

from __future__ import annotations

from typing import Any

from services.awards.domain.decisions import Decision, Result
from shared.kernel.money import format_fen
from shared.rules.explanation import EXPLANATION_VERSION, missing_of
from shared.rules.grants import ToBeDecidedAmount
from shared.rules.rendering import lines_of

_HEADLINES = {
    Result.NOT_ELIGIBLE: "不符合条件",
    Result.UNKNOWN: "尚不能判定",
}


def explanation_of(decision: Decision) -> dict[str, Any]:
    """Return the explanation that is shown, sent and stored with the award."""
    rule, loaded, document = decision.rule, decision.loaded, decision.loaded.document
    return {
        "explanation_version": EXPLANATION_VERSION,
        "grant_rule_id": rule.id,
        "label_zh": rule.label_zh,
        "result": decision.result.value,
        "amount_fen": decision.amount_fen,
        "amount_kind": rule.amount.kind,
        "payer_zh": rule.payer_zh,
        "evaluated_on": decision.evaluated_on.isoformat(),
        "trigger": _trigger(decision),
        "jurisdiction": loaded.pack.jurisdiction,
        "document": {"title": document.title, "number": document.document_number, "issuer": document.issuer},
        "pack_id": loaded.pack.id,
        "pack_hash": loaded.content_hash,
        "provisions": [provision.model_dump() for provision in rule.provisions],
        "conditions": decision.tree.to_json(),
        "missing": [item.to_json() for item in missing_of(decision.tree)],
        "evidence": [item.model_dump() for item in rule.evidence],
        "human_checks": list(decision.human_checks),
        "readings": [reading.to_json() for reading in rule.readings],
        "text_zh": "\n".join(_text(decision)),
    }


def _trigger(decision: Decision) -> dict[str, Any] | None:
    occasion = decision.occasion
    if occasion is None:
        return None
    return {"kind": occasion.kind, "id": occasion.id, "on": occasion.on.isoformat()}


def _text(decision: Decision) -> list[str]:
    rule, document = decision.rule, decision.loaded.document
    lines = [f"{rule.label_zh}:{_headline(decision)}"]
    for provision in rule.provisions:
        named = document.document_number or f"《{document.title}》"
        lines.append(f"依据:{named}{provision.clause}“{provision.quote}”")
    lines.extend(lines_of(decision.tree))
    lines.extend(f"请核对:{text}" for text in decision.human_checks)
    lines.extend(f"按此理解:{reading.question_zh}——{reading.label_zh}" for reading in rule.readings)
    return lines


def _headline(decision: Decision) -> str:
    if decision.result is not Result.ELIGIBLE:
        return _HEADLINES[decision.result]
    if decision.amount_fen is not None:
        return f"符合条件,{format_fen(decision.amount_fen)}"
    note = decision.rule.amount.note_zh if isinstance(decision.rule.amount, ToBeDecidedAmount) else ""
    return f"符合条件,金额待定({note})"
