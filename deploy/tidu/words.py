"""How codes read in Chinese: rungs from the jurisdictions' ladders, kinds of recognition, states."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cached_property
from typing import Any

from deploy.tidu.calling import Caller
from services.console.domain.labels import place_name
from shared.kernel.money import format_fen
from shared.kernel.regions import covers

SEQUENCES = {"first": "首次认定", "renewed": "重新认定", "after_gap": "中断后重新认定"}
STATUSES = {"not_yet": "尚未生效", "valid": "有效", "renewing": "续期待更新", "expired": "已过期", "revoked": "已撤销"}
AWARD_STATES = {
    "proposed": "已提出",
    "in_science_review": "科技局审核中",
    "in_finance_review": "财政局审核中",
    "in_government_consent": "待政府同意",
    "approved": "已批准",
    "payable": "应拨付",
    "disbursed": "已拨付",
    "returned": "退回补正",
    "rejected": "已驳回",
    "withdrawn": "已撤回",
    "reversed": "已冲销",
}
DUTY_STATES = {"open": "待办", "done": "已办", "waived": "免办", "overdue": "逾期", "withdrawn": "已撤销"}
POOL_STATES = {"none": "不在库", "enrolled": "在库", "graduated": "已达标出库", "withdrawn": "退出", "removed": "移出"}
BLOCKS = {
    "abnormal_operation": "经营异常",
    "serious_dishonesty": "严重失信",
    "safety_accident": "安全事故",
    "quality_accident": "质量事故",
    "environmental_violation": "环境违法",
    "integrity_breach": "科研失信",
    "pledge_breach": "违反承诺",
}


class Words:
    """Labels that the enterprise service knows; asked for once, when the first is needed."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    @cached_property
    def _ladders(self) -> list[dict[str, Any]]:
        return list(self._caller.get("enterprise", "/v1/ladders")["items"])

    @cached_property
    def _kinds(self) -> dict[str, str]:
        items = self._caller.get("enterprise", "/v1/recognition-kinds")["items"]
        return {item["id"]: item["label_zh"] for item in items}

    def rung(self, rung: str, region_code: str | None = None) -> str:
        """Return a rung's label in the ladder of the division, or in any ladder."""
        own = [ladder for ladder in self._ladders if region_code and covers(ladder["jurisdiction"], region_code)]
        for ladder in (*own, *self._ladders):
            for step in ladder["rungs"]:
                if step["id"] == rung:
                    return str(step["label_zh"])
        return rung

    def rungs(self, region_codes: set[str]) -> list[str]:
        """Return the rungs of the divisions' ladders, from the lowest."""
        own = [ladder for ladder in self._ladders if any(covers(ladder["jurisdiction"], code) for code in region_codes)]
        return list(dict.fromkeys(step["id"] for ladder in own or self._ladders for step in ladder["rungs"]))

    def kind(self, kind: str) -> str:
        """Return the label of a kind of recognition."""
        return self._kinds.get(kind, kind)


def place(code: str | None) -> str:
    """Return a division's name and code."""
    return "" if code is None else f"{place_name(code)} {code}"


def last_day(until_on: str | None) -> str:
    """Return the last day of an interval that is told by the first day after it."""
    return "" if until_on is None else (date.fromisoformat(until_on) - timedelta(days=1)).isoformat()


def money(fen: int | None, *, unknown: str = "") -> str:
    """Return an amount as people write it."""
    return unknown if fen is None else format_fen(fen)


def text(value: object) -> str:
    """Return a cell, empty where nothing is known."""
    return "" if value is None else str(value)
