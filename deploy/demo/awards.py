"""What the policy gives: proposals with their reasons, a refusal with its reason, one award through three offices."""

from typing import Any

from deploy.demo.cast import Cast
from deploy.demo.screen import Screen
from deploy.demo.stack import Caller, Refused, Stack
from shared.kernel.money import format_fen

_DECIDED_FEN = 5_000_000
_OPEN = ("proposed", "in_science_review", "in_finance_review", "in_government_consent", "returned")
_STATES = {
    "proposed": "已提出",
    "in_science_review": "科技局审核中",
    "in_finance_review": "财政局审核中",
    "in_government_consent": "待政府同意",
    "approved": "已批准",
    "returned": "退回补正",
    "rejected": "已驳回",
    "withdrawn": "已撤回",
}


def show_proposals(caller: Caller, screen: Screen, *, region_code: str) -> list[dict[str, Any]]:
    """Show all awards of the region, and the reasons of one."""
    awards = list(caller.list_all("awards", "/v1/awards", region_code=region_code))
    rows = [(a["beneficiary_name"], a["label_zh"], amount_of(a), _STATES.get(a["state"], a["state"])) for a in awards]
    screen.table(("受益企业", "条款", "金额", "状态"), rows)
    if awards:
        screen.say(f"其中一笔的理由（{awards[0]['beneficiary_name']}）：")
        screen.quote(awards[0]["explanation"]["text_zh"].splitlines())
    return awards


def amount_of(award: dict[str, Any]) -> str:
    """Return the amount as people write it."""
    return "待定" if award["amount_fen"] is None else format_fen(award["amount_fen"])


def show_refusal(caller: Caller, screen: Screen, cast: Cast) -> None:
    """Evaluate enterprises until a rule says no, and show why."""
    refused: dict[str, Any] | None = None
    for uscc in (*cast.below_scale, *cast.expiring, *cast.small):
        decisions = caller.post("awards", "/v1/evaluations", {"uscc": uscc})["decisions"]
        without = [decision for decision in decisions if decision["result"] == "not_eligible"]
        close = [decision for decision in without if decision["trigger_on"]]
        refused = refused or next(iter(close or without), None)
        if close:
            refused = close[0]
            break
    if refused is not None:
        screen.say("另一家测算的结果是不符合，同样写明理由：")
        screen.quote(refused["explanation"]["text_zh"].splitlines())


def decide_one(stack: Stack, screen: Screen, awards: list[dict[str, Any]], *, region_code: str) -> str | None:
    """Take the next open award through three people; returns its id, None where none is open."""
    award = next((award for award in reversed(awards) if award["state"] in _OPEN), None)
    if award is None:
        screen.say("没有待办的奖补：都已办结。")
        return None
    offices = {name: stack.sign_in(f"{name}-{region_code}") for name in ("science", "finance", "government")}
    screen.say(f"办理一笔：{award['beneficiary_name']}，{award['label_zh']}，{amount_of(award)}")
    _show_that_offices_differ(offices["science"], screen, award)
    path = f"/v1/awards/{award['id']}"
    if award["state"] in ("proposed", "returned", "in_science_review"):
        if award["amount_fen"] is None:
            body = {"amount_fen": _DECIDED_FEN, "reason": "演示：条款没有写明金额，由科技局核定"}
            award = offices["science"].post("awards", f"{path}/decide-amount", body)
            screen.good(f"{offices['science'].name} 核定金额：{amount_of(award)}")
        award = _take(offices["science"], screen, path, "science-review")
    if award["state"] == "in_finance_review":
        award = _take(offices["finance"], screen, path, "finance-review")
    award = _take(offices["government"], screen, path, "government-consent")
    return str(award["id"])


def _take(person: Caller, screen: Screen, path: str, step: str) -> dict[str, Any]:
    award: dict[str, Any] = person.post("awards", f"{path}/{step}", {"comment": "演示"})
    screen.good(f"{person.name}：{award['standing_zh']}")
    return award


def _show_that_offices_differ(science: Caller, screen: Screen, award: dict[str, Any]) -> None:
    try:
        science.post("awards", f"/v1/awards/{award['id']}/finance-review")
    except Refused as refusal:
        screen.say(f"科技局审核人替财政局审核，被拒绝：{refusal.title}")
