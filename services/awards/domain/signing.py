"""What a person signs: the whole content of the award as it was, so that nothing can change between two signatures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.kernel.errors import Conflict


class ContentChanged(Conflict):
    """The award is no longer what the office before has signed."""

    code = "award_content_changed"
    title = "奖补内容在上一步审核后有变动,请退回重新审核"


class SamePersonTwice(Conflict):
    """One person may act on an award for one office only."""

    code = "same_person_twice"
    title = "同一人不能办理同一笔奖补的两个环节"


def content_of(award: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is signed: who receives how much, under which clause of which pack, on which facts and readings."""
    explanation = award["explanation"]
    return {
        "award_id": str(award["id"]),
        "beneficiary": award["beneficiary"],
        "beneficiary_id": award["beneficiary_id"],
        "grant_rule_id": award["grant_rule_id"],
        "trigger_id": award["trigger_id"],
        "amount_fen": award["amount_fen"],
        "pack_id": award["pack_id"],
        "pack_hash": award["pack_hash"],
        "provisions": explanation["provisions"],
        "readings": explanation["readings"],
        "facts": award["facts"],
    }


def check_unchanged(signed: Mapping[str, Any] | None, content: Mapping[str, Any]) -> None:
    """Raise ContentChanged where the content differs from what the office before signed.

    An amount that was still open then may have been decided since: the next office sees and signs it.
    """
    if signed is None:
        return
    ignored = {"amount_fen"} if signed["amount_fen"] is None else set()
    if any(signed[name] != value for name, value in content.items() if name not in ignored):
        raise ContentChanged()
