"""The values that templates name, written as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from services.notifications.domain.duty_rules import DutyRule
from shared.kernel.money import format_fen


def chinese_date(day: date) -> str:
    """Write a date as 2027年5月31日."""
    return f"{day.year}年{day.month}月{day.day}日"


def time_left(due_on: date, today: date) -> str:
    """Say how far the day is."""
    days = (due_on - today).days
    if days == 0:
        return "今天到期"
    return f"还有{days}天" if days > 0 else f"已逾期{-days}天"


def duty_values(
    *, enterprise_name: str, uscc: str, label: str, due_on: date, today: date, clause: str, rule: DutyRule | None
) -> Mapping[str, str]:
    """Return what a duty's templates may name; a duty whose rule was dropped since keeps its label and day."""
    return {
        "enterprise_name": enterprise_name,
        "uscc": uscc,
        "duty_label": label,
        "action": rule.action_zh if rule else label,
        "consequence": rule.consequence_zh if rule else "",
        "due_on": chinese_date(due_on),
        "time_left": time_left(due_on, today),
        "clause": clause,
    }


def award_values(
    *,
    enterprise_name: str,
    uscc: str,
    grant_label: str,
    amount_fen: int | None,
    trigger_on: date,
    provision_ids: tuple[str, ...],
    reason: str,
) -> Mapping[str, str]:
    """Return what templates about awards may name."""
    return {
        "enterprise_name": enterprise_name,
        "uscc": uscc,
        "grant_label": grant_label,
        "amount": "待定" if amount_fen is None else format_fen(amount_fen),
        "trigger_on": chinese_date(trigger_on),
        "provisions": "、".join(provision_ids),
        "reason": reason or "未写明",
    }
