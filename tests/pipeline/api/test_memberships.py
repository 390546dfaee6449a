"""Admission, exit and re-entry over HTTP."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import httpx

from shared.kernel.roles import Role
from shared.testing.tokens import TestIssuer
from tests.pipeline.facts import Firm, recognition
from tests.pipeline.people import Person, person

Hear = Callable[..., Awaitable[None]]


async def test_an_admission_answers_the_stay_and_freezes_the_facts(hear: Hear, caseworker: Person) -> None:
    firm = Firm(301)
    await hear(firm.registered(), firm.scaled())
    answer = await caseworker.post("/v1/memberships", {"uscc": firm.uscc, "reason": "产品有前景"})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["pool"], made["door"], made["state"], made["entry_number"]) == ("hnte", "B", "enrolled", 1)
    assert answer.headers["etag"] == '"1"'
    await hear(firm.scaled(above=False))
    shown = (await caseworker.get(answer.headers["location"])).json()
    assert shown["snapshot"]["enterprise"]["scale"][-1]["above_scale"] is True
    assert shown["snapshot"]["door"]["door"] == "B"
    assert shown["snapshot"]["pack"]["content_hash"].startswith("sha256:")
    assert shown["snapshot"]["readings"][0]["option"] == "judged"


async def test_without_a_fitting_door_the_bureau_recommends(hear: Hear, caseworker: Person) -> None:
    firm = Firm(302)
    await hear(firm.registered())
    made = await caseworker.made("/v1/memberships", {"uscc": firm.uscc})
    assert made["door"] == "recommended"


async def test_a_second_admission_is_refused_while_the_first_lasts(hear: Hear, caseworker: Person) -> None:
    firm = Firm(303)
    await hear(firm.registered())
    await caseworker.made("/v1/memberships", {"uscc": firm.uscc})
    answer = await caseworker.post("/v1/memberships", {"uscc": firm.uscc})
    assert (answer.status_code, answer.json()["code"]) == (409, "already_enrolled")


async def test_a_trade_union_is_kept_but_not_admitted(hear: Hear, caseworker: Person) -> None:
    firm = Firm(304, is_candidate=False, entity_kind="trade_union")
    await hear(firm.registered())
    answer = await caseworker.post("/v1/memberships", {"uscc": firm.uscc})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_a_candidate")


async def test_a_shut_door_says_which_condition_is_not_met(hear: Hear, caseworker: Person) -> None:
    firm = Firm(305)
    await hear(firm.registered())
    answer = await caseworker.post("/v1/memberships", {"uscc": firm.uscc, "door": "A"})
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "door_shut")
    assert "高新技术企业资格有效" in problem["errors"][0]["detail"]


async def test_who_has_reached_the_aim_is_not_admitted(hear: Hear, caseworker: Person) -> None:
    firm = Firm(306)
    await hear(firm.registered(), firm.granted(), firm.scaled())
    answer = await caseworker.post("/v1/memberships", {"uscc": firm.uscc})
    assert (answer.status_code, answer.json()["code"]) == (409, "aim_already_reached")


async def test_an_exit_needs_a_reason_and_a_return_is_counted(hear: Hear, caseworker: Person) -> None:
    firm = Firm(307)
    await hear(firm.registered())
    made = await caseworker.made("/v1/memberships", {"uscc": firm.uscc})
    path = f"/v1/memberships/{made['id']}/exit"
    assert (await caseworker.post(path, {"kind": "withdrawn"})).status_code == 422
    stale = await caseworker.post(path, {"reason": "搬迁"}, if_match='"7"')
    assert stale.status_code == 412
    answer = await caseworker.post(path, {"reason": "搬迁", "kind": "removed"}, if_match='"1"')
    assert answer.json()["state"] == "removed"
    again = await caseworker.post(path, {"reason": "搬迁"})
    assert (again.status_code, again.json()["code"]) == (409, "not_enrolled")
    assert (await caseworker.made("/v1/memberships", {"uscc": firm.uscc}))["entry_number"] == 2


async def test_the_same_key_admits_once(hear: Hear, caseworker: Person) -> None:
    firm = Firm(308)
    await hear(firm.registered())
    answers = [await caseworker.post("/v1/memberships", {"uscc": firm.uscc}, idempotency_key="once") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["idempotent-replayed"] == "true"


async def test_memberships_are_listed_by_filter_page_by_page(hear: Hear, caseworker: Person) -> None:
    firms = [Firm(310 + n, "530924", park_code="530900-park-9") for n in range(5)]
    await hear(*(firm.registered() for firm in firms))
    for firm in firms:
        await caseworker.made("/v1/memberships", {"uscc": firm.uscc})
    seen: list[str] = []
    cursor: dict[str, Any] = {}
    while True:
        answer = await caseworker.get("/v1/memberships", region_code="530924", limit=2, **cursor)
        page = answer.json()
        seen += [item["uscc"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == [firm.uscc for firm in firms]
    assert len(await caseworker.items("/v1/memberships", park_code="530900-park-9")) == 5
    assert len(await caseworker.items("/v1/memberships", uscc=firms[0].uscc, state="graduated")) == 0
    assert (await caseworker.get("/v1/memberships", cursor="bm90aGluZw")).status_code == 422


async def test_another_bureau_does_not_see_them(
    hear: Hear, caseworker: Person, client: httpx.AsyncClient, issuer: TestIssuer
) -> None:
    firm = Firm(320)
    await hear(firm.registered())
    made = await caseworker.made("/v1/memberships", {"uscc": firm.uscc})
    stranger = person(client, issuer, Role.CASEWORKER, regions=("530400",))
    assert (await stranger.get(f"/v1/memberships/{made['id']}")).status_code == 404
    assert (await stranger.post(f"/v1/memberships/{made['id']}/exit", {"reason": "别处"})).status_code == 404
    assert (await stranger.post("/v1/memberships", {"uscc": firm.uscc})).status_code == 404
    assert await stranger.items("/v1/memberships", uscc=firm.uscc) == []


async def test_a_lapsed_hnte_is_a_candidate_until_it_is_admitted(hear: Hear, caseworker: Person) -> None:
    firm = Firm(321, "530923")
    await hear(firm.registered(), firm.granted(recognition(issued_on=date(2022, 11, 18))))
    found = await caseworker.items("/v1/candidates", region_code="530923")
    assert [(one["uscc"], one["door"]) for one in found] == [(firm.uscc, "lapsed")]
    assert "到期未重新认定" in found[0]["why"][0]
    assert await caseworker.items("/v1/candidates", region_code="530923", door="A") == []
    await caseworker.made("/v1/memberships", {"uscc": firm.uscc})
    assert await caseworker.items("/v1/candidates", region_code="530923") == []
