"""Into the pool, out of it by graduating, and a specialist at the side of each."""

from datetime import date
from typing import Any

from deploy.demo.cast import Cast
from deploy.demo.facts import certificate
from deploy.demo.patience import wait_until
from deploy.demo.screen import Screen
from deploy.demo.stack import Caller, Refused

_UNITS = ("演示大学（虚构）", "演示研究院（虚构）", "演示农科所（虚构）")


def admit(caller: Caller, screen: Screen, cast: Cast, *, region_code: str) -> None:
    """Show whom the doors stand open to, and admit the growing ones and the small ones among those."""
    candidates = {item["uscc"]: item for item in caller.list_all("pipeline", "/v1/candidates", region_code=region_code)}
    screen.say(f"系统按入库条件找出候选企业 {len(candidates)} 家。")
    rows = []
    for uscc in (*cast.growing, *(uscc for uscc in cast.small if uscc in candidates)):
        known = _stays(caller, uscc)
        stay = known[-1] if known else caller.post("pipeline", "/v1/memberships", {"uscc": uscc, "reason": "演示入库"})
        why = "；".join(candidates[uscc]["why"]).replace(" ", "") if uscc in candidates else stay["admission_reason"]
        rows.append((stay["name"], stay["door"], _STATES[stay["state"]], why))
    screen.table(("企业", "入库通道", "状态", "理由"), rows)


def graduate(caller: Caller, screen: Screen, cast: Cast, *, today: date) -> None:
    """One of the pool reaches its aim: record the certificate, and watch the pool follow by itself."""
    enrolled = (stay for uscc in cast.growing for stay in _stays(caller, uscc) if stay["state"] == "enrolled")
    stay = next(enrolled, None)
    if stay is None:
        screen.say("在库企业都已达标出库。")
        return
    screen.say(f"{stay['name']} 取得高新技术企业证书。只登记证书，不动培育库：")
    path = f"/v1/enterprises/{stay['uscc']}/recognitions"
    caller.post("enterprise", path, certificate(stay["uscc"], today))
    wait_until("出库", lambda: caller.get("pipeline", f"/v1/memberships/{stay['id']}")["state"] == "graduated")
    screen.good(f"培育库自己跟上：{stay['name']} 已达标出库。")


def _stays(caller: Caller, uscc: str) -> list[dict[str, Any]]:
    return list(caller.list_all("pipeline", "/v1/memberships", uscc=uscc))


def register_specialists(caller: Caller, region_code: str) -> list[dict[str, Any]]:
    """Return three specialists, registered now where they were not; the first can sign in."""
    known = {item["name"]: item for item in caller.list_all("pipeline", "/v1/specialists", region_code=region_code)}
    specialists = []
    for number, unit in enumerate(_UNITS):
        name = f"演示特派员{'甲乙丙'[number]}"
        wanted = {"name": name, "home_unit": unit, "unit_kind": "university", "region_code": region_code}
        if number == 0:
            wanted["login"] = f"specialist-{region_code}"
        specialists.append(known.get(name) or caller.post("pipeline", "/v1/specialists", wanted))
    return specialists


def assign(caller: Caller, screen: Screen, cast: Cast, *, region_code: str) -> None:
    """Assign specialists one to one, and show that a second one is refused."""
    specialists = register_specialists(caller, region_code)
    rows, wanted = [], [*cast.growing, *cast.recognised[:4]]
    for number, uscc in enumerate(wanted):
        chosen = specialists[number % len(specialists)]
        present = list(caller.list_all("pipeline", "/v1/assignments", uscc=uscc, state="active"))
        body = {"uscc": uscc, "specialist_id": chosen["id"]}
        assignment = present[0] if present else caller.post("pipeline", "/v1/assignments", body)
        rows.append((assignment["specialist_name"], assignment["enterprise_name"], assignment["from_on"]))
    screen.table(("特派员", "服务企业", "自"), sorted(rows))
    try:
        caller.post("pipeline", "/v1/assignments", {"uscc": wanted[0], "specialist_id": specialists[-1]["id"]})
    except Refused as refusal:
        screen.say(f"再派第二位特派员被拒绝：{refusal.title}（{refusal.detail}）")


_STATES = {"enrolled": "在库", "graduated": "已达标出库", "withdrawn": "已退出", "removed": "已移出"}
