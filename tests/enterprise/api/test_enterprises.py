"""Enterprises over HTTP: registered, read as of a day, listed, changed with If-Match."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from shared.kernel.roles import Role
from tests.databases import ServiceDatabase
from tests.enterprise.conftest import Desk, Who, bureau, new_uscc

FENGQING, YUNXIAN = "530921", "530922"


async def test_a_registered_enterprise_is_read_back_on_the_lowest_rung(desk: Desk) -> None:
    uscc = new_uscc()
    body = {
        "uscc": uscc,
        "name": "凤庆示例茶业科技有限公司",
        "region_code": FENGQING,
        "park_code": "530900-park-4",
        "registered_on": "2019-05-06",
        "registered_capital_fen": 500_000_000,
        "industry_code": "C1530",
        "address": "云南省临沧市凤庆县凤山镇",
        "business_scope": "茶叶制品",
    }
    answer = await desk.ask("POST", "/v1/enterprises", body)
    assert answer.status_code == 201, answer.text
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["location"] == f"/v1/enterprises/{uscc}"
    found = await desk.get(f"/v1/enterprises/{uscc}")
    assert found == answer.json()
    assert {name: found[name] for name in body} == body
    assert (found["rung"], found["version"], found["entity_kind"], found["is_candidate"]) == (
        "micro_small",
        1,
        "enterprise",
        True,
    )
    assert found["rungs"] == [{"rung": "micro_small", "from_on": "2019-05-06", "until_on": None}]


async def test_a_code_as_people_paste_it_is_normalised_in_body_and_path(desk: Desk) -> None:
    uscc = new_uscc()
    pasted = f" {uscc[:8]} {uscc[8:].lower()}"
    await desk.post("/v1/enterprises", {"uscc": pasted, "name": "示例有限公司", "region_code": FENGQING})
    assert (await desk.get(f"/v1/enterprises/{uscc.lower()}"))["uscc"] == uscc


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_a_wrong_code_is_refused_with_its_failing_position_in_chinese(desk: Desk, method: str) -> None:
    uscc = new_uscc()
    wrong = uscc[:17] + ("0" if uscc[17] != "0" else "1")
    body = {"uscc": wrong, "name": "示例有限公司", "region_code": FENGQING} if method == "POST" else None
    path = "/v1/enterprises" if method == "POST" else f"/v1/enterprises/{wrong}"
    answer = await desk.ask(method, path, body)
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("application/problem+json")
    [field] = answer.json()["errors"]
    assert "第18位校验码" in field["detail"]
    assert field["pointer"] == ("/uscc" if method == "POST" else "uscc")


async def test_a_taken_code_is_refused_also_for_a_bureau_that_cannot_see_its_holder(desk: Desk) -> None:
    uscc = await desk.register()
    body = {"uscc": uscc, "name": "另一家有限公司", "region_code": "530402"}
    for region, who in ((FENGQING, Who()), ("530402", bureau("530400"))):
        answer = await desk.ask("POST", "/v1/enterprises", {**body, "region_code": region}, who=who)
        assert (answer.status_code, answer.json()["code"]) == (409, "enterprise_already_registered")


async def test_an_enterprise_outside_the_scope_is_not_there(desk: Desk) -> None:
    uscc = await desk.register(region_code=FENGQING)
    elsewhere = bureau("530922")
    for path in ("", "/recognitions", "/timeline", "/blocks", "/contacts"):
        answer = await desk.ask("GET", f"/v1/enterprises/{uscc}{path}", who=elsewhere)
        assert (answer.status_code, answer.json()["title"]) == (404, "没有找到这家企业")
    figures = {"revenue_fen": 1, "source": "年报"}
    answer = await desk.ask("PUT", f"/v1/enterprises/{uscc}/figures/2025", figures, who=elsewhere)
    assert answer.status_code == 404
    listed = await desk.get("/v1/enterprises", who=elsewhere)
    assert uscc not in [item["uscc"] for item in listed["items"]]


async def test_an_enterprise_cannot_be_registered_outside_the_scope(desk: Desk) -> None:
    body = {"uscc": new_uscc(), "name": "示例有限公司", "region_code": "530402"}
    assert (await desk.ask("POST", "/v1/enterprises", body)).status_code == 403


async def test_a_park_committee_reads_its_own_park_and_writes_nothing(desk: Desk) -> None:
    inside = await desk.register(park_code="530900-park-4")
    outside = await desk.register()
    park = Who(Role.PARK_COMMITTEE, {"park_code": "530900-park-4"})
    listed = await desk.get("/v1/enterprises?limit=200", who=park)
    assert inside in [item["uscc"] for item in listed["items"]]
    assert {item["park_code"] for item in listed["items"]} == {"530900-park-4"}
    assert (await desk.ask("GET", f"/v1/enterprises/{outside}", who=park)).status_code == 404
    answer = await desk.ask("POST", f"/v1/enterprises/{inside}/scale", {}, who=park)
    assert answer.status_code == 403


async def test_an_enterprise_contact_sees_only_the_own_enterprise(desk: Desk) -> None:
    own, other = await desk.register(), await desk.register()
    contact = Who(Role.ENTERPRISE_CONTACT, {"usccs": [own]})
    listed = await desk.get("/v1/enterprises", who=contact)
    assert [item["uscc"] for item in listed["items"]] == [own]
    assert (await desk.ask("GET", f"/v1/enterprises/{other}", who=contact)).status_code == 404


async def test_a_rename_keeps_the_key_and_the_former_name_findable(desk: Desk) -> None:
    uscc = await desk.register(name="旧名称农机修造有限公司")
    answer = await desk.ask(
        "PATCH", f"/v1/enterprises/{uscc}", {"name": "新名称智能装备有限公司"}, headers={"If-Match": '"1"'}
    )
    assert answer.status_code == 200, answer.text
    assert (answer.headers["etag"], answer.json()["former_names"]) == ('"2"', ["旧名称农机修造有限公司"])
    for q in ("旧名称农机", "智能装备", uscc[-7:]):
        found = await desk.get("/v1/enterprises", params={"q": q})
        assert [item["uscc"] for item in found["items"]] == [uscc]


async def test_a_change_needs_if_match_and_the_present_version(desk: Desk) -> None:
    uscc = await desk.register()
    path, body = f"/v1/enterprises/{uscc}", {"address": "临沧市"}
    missing = await desk.ask("PATCH", path, body)
    assert (missing.status_code, missing.json()["title"]) == (428, "修改记录需要带上 If-Match")
    stale = await desk.ask("PATCH", path, body, headers={"If-Match": '"7"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")
    fresh = await desk.ask("PATCH", path, body, headers={"If-Match": '"1"'})
    assert fresh.json()["address"] == "临沧市"
    same = await desk.ask("PATCH", path, body, headers={"If-Match": '"2"'})
    assert (same.status_code, same.headers["etag"]) == (200, '"2"'), "nothing changed, so nothing is said"


async def test_two_changes_of_one_version_cannot_both_win(desk: Desk) -> None:
    uscc = await desk.register()
    changes = [
        desk.ask("PATCH", f"/v1/enterprises/{uscc}", {"address": f"{n}号"}, headers={"If-Match": '"1"'})
        for n in range(4)
    ]
    answers = await asyncio.gather(*changes)
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]


async def test_a_move_keeps_where_the_enterprise_was_and_takes_its_facts_along(desk: Desk) -> None:
    uscc = await desk.register(region_code=FENGQING)
    await desk.grant(uscc)
    version = (await desk.get(f"/v1/enterprises/{uscc}"))["version"]
    body = {"region_code": YUNXIAN, "park_code": "530900-park-3", "moved_on": "2026-07-01"}
    answer = await desk.ask("PATCH", f"/v1/enterprises/{uscc}", body, headers={"If-Match": f'"{version}"'})
    assert answer.status_code == 200, answer.text
    there = bureau(YUNXIAN)
    assert len((await desk.get(f"/v1/enterprises/{uscc}/recognitions", who=there))["items"]) == 1
    before = await desk.get(f"/v1/enterprises/{uscc}?as_of=2026-06-30", who=there)
    after = await desk.get(f"/v1/enterprises/{uscc}?as_of=2026-07-01", who=there)
    assert (before["region_code"], before["park_code"]) == (FENGQING, None)
    assert (after["region_code"], after["park_code"]) == (YUNXIAN, "530900-park-3")
    listed = await desk.get("/v1/enterprises", params={"region_code": FENGQING, "as_of": "2026-06-30", "limit": 200})
    assert uscc in [item["uscc"] for item in listed["items"]]


async def test_an_old_division_code_is_resolved(desk: Desk) -> None:
    uscc = await desk.register(region_code="533522")
    assert (await desk.get(f"/v1/enterprises/{uscc}"))["region_code"] == FENGQING


async def test_the_list_pages_through_everything_once(desk: Desk) -> None:
    mine = {await desk.register(name=f"翻页示例{n}有限公司") for n in range(5)}
    seen: list[str] = []
    params = {"q": "翻页示例", "limit": "2"}
    while True:
        page = await desk.get("/v1/enterprises", params=params)
        seen += [item["uscc"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    assert seen == sorted(mine)


async def test_the_list_narrows_by_division_rung_and_expiry(desk: Desk) -> None:
    uscc = await desk.register(region_code=YUNXIAN, name="筛选示例甲有限公司")
    await desk.register(region_code=FENGQING, name="筛选示例乙有限公司")
    await desk.grant(uscc, issued_on="2024-03-01")
    for params, expected in (
        ({"region_code": YUNXIAN}, 1),
        ({"region_code": "530900"}, 2),
        ({"region_code": "530000"}, 2),
        ({"rung": "hnte"}, 1),
        ({"rung": "hnte", "as_of": "2024-02-29"}, 0),
        ({"rung": "micro_small"}, 1),
        ({"expiring_before": "2027-03-01"}, 1),
        ({"expiring_before": "2027-02-28"}, 0),
    ):
        found = await desk.get("/v1/enterprises", params={"q": "筛选示例", **params})
        assert len(found["items"]) == expected, params


async def test_an_unknown_parameter_and_a_foreign_cursor_are_refused(desk: Desk) -> None:
    assert (await desk.ask("GET", "/v1/enterprises?regoin=530921")).status_code == 422
    assert (await desk.ask("GET", "/v1/enterprises?cursor=WzFd")).status_code == 422


async def test_a_search_finds_nothing_outside_the_scope(desk: Desk) -> None:
    uscc = await desk.register(name="独一无二检索示例有限公司")
    for q in ("独一无二检索", uscc):
        assert [item["uscc"] for item in (await desk.get("/v1/enterprises", params={"q": q}))["items"]] == [uscc]
        found = await desk.get("/v1/enterprises", params={"q": q}, who=bureau("530402"))
        assert found["items"] == []


async def test_an_unknown_rung_is_named_with_those_there_are(desk: Desk) -> None:
    answer = await desk.ask("GET", "/v1/enterprises", params={"rung": "high_tech"})
    assert answer.status_code == 422
    assert "hnte" in answer.json()["detail"]


async def test_wildcards_in_a_search_are_plain_signs(desk: Desk) -> None:
    await desk.register(name="百分之百%示例_有限公司")
    assert len((await desk.get("/v1/enterprises", params={"q": "百%示例_"}))["items"]) == 1
    assert (await desk.get("/v1/enterprises", params={"q": "百分%有限"}))["items"] == []


async def test_trade_unions_and_branches_are_kept_but_no_candidates(desk: Desk) -> None:
    uscc = await desk.register(name="某某银行股份有限公司凤庆县支行")
    found = await desk.get(f"/v1/enterprises/{uscc}")
    assert (found["entity_kind"], found["is_candidate"]) == ("branch", False)


async def test_a_repeated_key_answers_as_before_and_registers_once(desk: Desk, database: ServiceDatabase) -> None:
    uscc = new_uscc()
    body = {"uscc": uscc, "name": "重复提交有限公司", "region_code": FENGQING}
    headers = {"Idempotency-Key": f"register-{uscc}"}
    first = await desk.ask("POST", "/v1/enterprises", body, headers=headers)
    again = await desk.ask("POST", "/v1/enterprises", body, headers=headers)
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    with psycopg.connect(database.owner_url) as connection:
        said = connection.execute("SELECT count(*) FROM outbox WHERE agg_id = %s", (uscc,)).fetchone()
    assert said == (1,)


@pytest.mark.parametrize(
    "field",
    [
        {"registered_capital_fen": 1.5},
        {"registered_capital_fen": -1},
        {"registered_on": "2027-01-01"},
        {"region_code": "999999"},
        {"name": ""},
        {"name": "含\u202e有控制字符"},
        {"rung": "hnte"},
    ],
)
async def test_wrong_fields_are_named(desk: Desk, field: dict[str, object]) -> None:
    body = {"uscc": new_uscc(), "name": "示例有限公司", "region_code": FENGQING, **field}
    answer = await desk.ask("POST", "/v1/enterprises", body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{next(iter(field))}"]
