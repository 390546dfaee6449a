"""One enterprise as all four services know it: `show`."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import typer

from deploy.tidu.arguments import AsJson, AsOf, UsccArgument
from deploy.tidu.calling import Busy, Caller, Refused
from deploy.tidu.desk import desk_of
from deploy.tidu.terminal import Terminal
from deploy.tidu.words import (
    AWARD_STATES,
    BLOCKS,
    DUTY_STATES,
    POOL_STATES,
    SEQUENCES,
    Words,
    last_day,
    money,
    place,
    text,
)

_FORBIDDEN = 403
_OPEN_DUTIES = ("open", "overdue")
_FIGURES = {
    "revenue_fen": "营业收入",
    "rd_expense_fen": "研发费用",
    "ht_income_fen": "高新收入",
    "total_assets_fen": "总资产",
    "staff_count": "职工",
    "tech_staff_count": "科技人员",
}
_SECTIONS: dict[str, tuple[str, str, str]] = {
    "memberships": ("培育库", "pipeline", "/v1/memberships"),
    "assignments": ("科技特派员", "pipeline", "/v1/assignments"),
    "awards": ("奖补", "awards", "/v1/awards"),
    "duties": ("事项", "notifications", "/v1/duties"),
}


@dataclass
class Whole:
    """What could be read, and why the rest could not."""

    enterprise: dict[str, Any]
    sections: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)


def show(context: typer.Context, uscc: UsccArgument, as_of: AsOf = None, as_json: AsJson = False) -> None:
    """一家企业：事实、层级、证书与剩余天数、培育、特派员、奖补、事项。"""
    desk = desk_of(context)
    caller = desk.caller()
    whole = _read(caller, uscc, as_of)
    if as_json:
        said = {"enterprise": whole.enterprise, **whole.sections, "left_out": whole.left_out}
        typer.echo(json.dumps(said, ensure_ascii=False, indent=2))
        return
    words = Words(caller)
    _show_facts(desk.terminal, words, whole.enterprise)
    _show_certificates(desk.terminal, words, whole.enterprise)
    for name, rows in whole.sections.items():
        headings, row = _TABLES[name]
        desk.terminal.heading(_SECTIONS[name][0])
        desk.terminal.table(headings, [row(item) for item in rows])
    for name, reason in whole.left_out.items():
        desk.terminal.note(f"略去“{_SECTIONS[name][0]}”：{reason}")
    if as_of and whole.sections:
        desk.terminal.note(f"事实、层级和证书截至 {as_of}；其余各节是现在的情况。")


def _read(caller: Caller, uscc: str, as_of: str | None) -> Whole:
    whole = Whole(caller.get("enterprise", f"/v1/enterprises/{uscc}", as_of=as_of))
    for name, (_, service, path) in _SECTIONS.items():
        try:
            whole.sections[name] = list(caller.list_all(service, path, uscc=uscc))
        except Refused as refusal:
            if refusal.status != _FORBIDDEN:
                raise
            whole.left_out[name] = "您的角色看不到"
        except Busy as busy:
            whole.left_out[name] = str(busy)
    if "duties" in whole.sections:
        whole.sections["duties"] = [item for item in whole.sections["duties"] if item["state"] in _OPEN_DUTIES]
    return whole


def _show_facts(terminal: Terminal, words: Words, enterprise: dict[str, Any]) -> None:
    region = enterprise["region_code"]
    until = last_day(enterprise["rung_until_on"])
    scale = {True: "规上", False: "规下", None: "未登记"}[enterprise["above_scale"]]
    rows = [
        ("统一社会信用代码", enterprise["uscc"]),
        ("曾用名", "、".join(enterprise["former_names"])),
        ("区划与园区", f"{place(region)} {text(enterprise['park_code'])}"),
        ("层级", words.rung(enterprise["rung"], region) + (f"（至 {until}）" if until else "")),
        ("规模", scale),
        ("成立日期", text(enterprise["registered_on"])),
        ("注册资本", money(enterprise["registered_capital_fen"])),
        ("行业代码", text(enterprise["industry_code"])),
        ("地址", text(enterprise["address"])),
        *((f"{figures['year']} 年", _figures(figures)) for figures in enterprise["figures"]),
        *(("失信与异常", _block(block)) for block in enterprise["blocks"]),
    ]
    terminal.heading(f"{enterprise['name']}（截至 {enterprise['as_of']}）")
    terminal.table(("项目", "内容"), [row for row in rows if row[1]])


def _figures(figures: dict[str, Any]) -> str:
    parts = []
    for name, label in _FIGURES.items():
        value = figures[name]
        if value is not None:
            parts.append(f"{label} {money(value) if name.endswith('_fen') else f'{value:,} 人'}")
    return "，".join(parts)


def _block(block: dict[str, Any]) -> str:
    end = f"，{block['released_on']} 解除" if block["released_on"] else ""
    return f"{BLOCKS.get(block['kind'], block['kind'])}（{block['source']}，{block['from_on']} 起{end}）"


def _show_certificates(terminal: Terminal, words: Words, enterprise: dict[str, Any]) -> None:
    today = date.fromisoformat(enterprise["as_of"])
    headings = ("认定", "次序", "证书编号", "发证", "有效期至", "剩余")
    rows = [
        (
            words.kind(one["kind"]),
            SEQUENCES.get(one["sequence"], one["sequence"]),
            text(one["certificate_number"]),
            one["issued_on"],
            one["valid_until_on"] or "长期",
            days_left(one, today),
        )
        for one in enterprise["recognitions"]
    ]
    terminal.heading("证书")
    terminal.table(headings, rows)


def days_left(recognition: dict[str, Any], today: date) -> str:
    """Return how long a certificate still holds on a day; its last day is day 0."""
    revoked = recognition["revoked_on"]
    if revoked is not None and date.fromisoformat(revoked) <= today:
        return f"{revoked} 撤销"
    if date.fromisoformat(recognition["issued_on"]) > today:
        return "尚未生效"
    if recognition["valid_until_on"] is None:
        return "—"
    days = (date.fromisoformat(recognition["valid_until_on"]) - today).days
    return f"{days} 天" if days >= 0 else f"已过期 {-days} 天"


def _membership(item: dict[str, Any]) -> tuple[object, ...]:
    state = POOL_STATES.get(item["state"], item["state"])
    return (item["pool"], item["door"], state, item["admitted_on"], text(item["ended_on"]))


def _assignment(item: dict[str, Any]) -> tuple[object, ...]:
    state = "在派" if item["state"] == "active" else "已结束"
    return (item["specialist_name"], state, item["from_on"], text(item["until_on"]))


def _award(item: dict[str, Any]) -> tuple[object, ...]:
    amount = money(item["amount_fen"], unknown="待定")
    return (item["label_zh"], amount, AWARD_STATES.get(item["state"], item["state"]), item["trigger_on"])


def _duty(item: dict[str, Any]) -> tuple[object, ...]:
    return (item["label"], item["due_on"], DUTY_STATES.get(item["state"], item["state"]))


_TABLES: dict[str, tuple[tuple[str, ...], Callable[[dict[str, Any]], tuple[object, ...]]]] = {
    "memberships": (("库", "入口", "状态", "入库", "出库"), _membership),
    "assignments": (("特派员", "状态", "起", "止"), _assignment),
    "awards": (("条款", "金额", "状态", "触发日"), _award),
    "duties": (("未办事项", "期限", "状态"), _duty),
}
