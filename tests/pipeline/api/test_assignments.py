"""Specialists, assignments, visits and handovers over HTTP."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from shared.kernel.roles import Role
from shared.testing.tokens import TestIssuer
from tests.pipeline.facts import Firm
from tests.pipeline.people import Person, person

Hear = Callable[..., Awaitable[None]]
Query = Callable[..., Awaitable[list[dict[str, Any]]]]
VISIT = {"kind": "政策辅导", "visited_on": "2026-11-20", "outcome": "讲解了研发费用归集"}


async def registered(hear: Hear, serial: int, **fields: Any) -> Firm:
    firm = Firm(serial, **fields)
    await hear(firm.registered())
    return firm


async def specialist(caseworker: Person, name: str, **fields: Any) -> dict[str, Any]:
    body = {"name": name, "kind": "sci_tech_specialist", "home_unit": "滇西农科所", "region_code": "530902"}
    return await caseworker.made("/v1/specialists", body | fields)


async def test_a_specialist_is_registered_listed_and_graded_once_a_year(caseworker: Person, query: Query) -> None:
    made = await specialist(caseworker, "王一", unit_kind="事业单位", title="高级农艺师", capacity=5)
    assert (made["unit_kind"], made["served_count"], made["capacity"]) == ("public_institution", 0, 5)
    listed = await caseworker.items("/v1/specialists", region_code="530902")
    assert made["id"] in [item["id"] for item in listed]
    path = f"/v1/specialists/{made['id']}"
    grade = await caseworker.made(f"{path}/grades", {"year": 2025, "grade": "优秀", "graded_on": "2026-01-15"})
    assert grade["grade"] == "excellent"
    second = await caseworker.post(f"{path}/grades", {"year": 2025, "grade": "competent"})
    assert (second.status_code, second.json()["code"]) == (409, "already_graded")
    shown = (await caseworker.get(path)).json()
    assert [item["year"] for item in shown["grades"]] == [2025]
    said = await query("SELECT payload FROM outbox WHERE key = :id", id=made["id"])
    assert [(row["payload"]["grade"], row["payload"]["version"]) for row in said] == [("excellent", 2)]


async def test_a_civil_servant_is_refused_and_unknown_words_are_explained(caseworker: Person) -> None:
    body = {"name": "李二", "home_unit": "县科技局", "region_code": "530902"}
    refused = await caseworker.post("/v1/specialists", {**body, "unit_kind": "党政机关"})
    assert (refused.status_code, refused.json()["code"]) == (409, "specialist_not_eligible")
    unknown = await caseworker.post("/v1/specialists", {**body, "kind": "wizard"})
    assert unknown.status_code == 422
    assert unknown.json()["errors"][0]["pointer"] == "/kind"


async def test_an_enterprise_has_one_specialist_and_the_second_is_told_who(hear: Hear, caseworker: Person) -> None:
    firm = await registered(hear, 401)
    first, second = await specialist(caseworker, "张三"), await specialist(caseworker, "赵四")
    made = await caseworker.made("/v1/assignments", {"uscc": firm.uscc, "specialist_id": first["id"]})
    assert (made["state"], made["from_on"]) == ("active", "2026-11-21")
    answer = await caseworker.post("/v1/assignments", {"uscc": firm.uscc, "specialist_id": second["id"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "already_served")
    assert "张三" in answer.json()["detail"]


async def test_capacity_is_respected(hear: Hear, caseworker: Person) -> None:
    firms = [await registered(hear, serial) for serial in (402, 403)]
    one = await specialist(caseworker, "钱五", capacity=1)
    await caseworker.made("/v1/assignments", {"uscc": firms[0].uscc, "specialist_id": one["id"]})
    answer = await caseworker.post("/v1/assignments", {"uscc": firms[1].uscc, "specialist_id": one["id"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "capacity_reached")


async def test_a_specialist_sees_and_visits_only_who_he_serves_until_he_hands_over(
    hear: Hear, caseworker: Person, client: httpx.AsyncClient, issuer: TestIssuer
) -> None:
    firm, other = await registered(hear, 404), await registered(hear, 405)
    mine = await specialist(caseworker, "孙六", login="specialist-six")
    theirs = await specialist(caseworker, "周七", login="specialist-seven")
    assignment = await caseworker.made("/v1/assignments", {"uscc": firm.uscc, "specialist_id": mine["id"]})
    foreign = await caseworker.made("/v1/assignments", {"uscc": other.uscc, "specialist_id": theirs["id"]})
    six = person(client, issuer, Role.SPECIALIST, subject="specialist-six")
    seven = person(client, issuer, Role.SPECIALIST, subject="specialist-seven")

    assert [item["id"] for item in await six.items("/v1/assignments")] == [assignment["id"]]
    assert [item["name"] for item in await six.items("/v1/specialists")] == ["孙六"]
    visits = f"/v1/assignments/{assignment['id']}/visits"
    visit = await six.made(visits, {**VISIT, "next_step": "补齐台账", "next_step_due_on": "2026-12-10"})
    assert visit["logged_by"] == "specialist-six"
    assert [item["id"] for item in await six.items(visits)] == [visit["id"]]
    for path in (f"/v1/assignments/{foreign['id']}", f"/v1/assignments/{foreign['id']}/visits"):
        assert (await six.get(path)).status_code == 404
    assert (await six.post(f"/v1/assignments/{foreign['id']}/visits", VISIT)).status_code == 404
    assert (await six.post("/v1/assignments", {"uscc": firm.uscc, "specialist_id": mine["id"]})).status_code == 403

    handover = f"/v1/assignments/{assignment['id']}/handover"
    answer = await caseworker.post(handover, {"specialist_id": theirs["id"], "reason": "调离"})
    assert answer.status_code == 201, answer.text
    begun = answer.json()
    assert (begun["specialist_name"], begun["predecessor_id"]) == ("周七", assignment["id"])
    assert await six.items("/v1/assignments") == []
    assert len(await seven.items("/v1/assignments", state="active")) == 2
    assert (await six.post(visits, VISIT)).status_code == 404
    history = await caseworker.items("/v1/assignments", uscc=firm.uscc)
    assert [(item["specialist_name"], item["state"]) for item in history] == [("孙六", "ended"), ("周七", "active")]
    assert [item["id"] for item in await caseworker.items(visits)] == [visit["id"]]
    assert (await caseworker.post(handover, {"reason": "再交"})).status_code == 409


async def test_a_service_may_end_without_a_successor(hear: Hear, caseworker: Person, query: Query) -> None:
    firm = await registered(hear, 406)
    one = await specialist(caseworker, "吴八")
    made = await caseworker.made("/v1/assignments", {"uscc": firm.uscc, "specialist_id": one["id"]})
    same = await caseworker.post(
        f"/v1/assignments/{made['id']}/handover", {"specialist_id": one["id"], "reason": "不变"}
    )
    assert (same.status_code, same.json()["code"]) == (409, "same_specialist")
    answer = await caseworker.post(f"/v1/assignments/{made['id']}/handover", {"reason": "企业迁出"})
    assert (answer.status_code, answer.json()["state"]) == (200, "ended")
    assert (await caseworker.post(f"/v1/assignments/{made['id']}/visits", VISIT)).status_code == 409
    said = await query("SELECT type FROM outbox WHERE key = :uscc ORDER BY id", uscc=firm.uscc)
    assert [row["type"] for row in said] == [
        "pipeline.specialist_assigned.v1",
        "pipeline.specialist_handed_over.v1",
    ]
    await caseworker.made("/v1/assignments", {"uscc": firm.uscc, "specialist_id": one["id"]})


async def test_visits_on_days_to_come_and_due_days_of_nothing_are_refused(hear: Hear, caseworker: Person) -> None:
    firm = await registered(hear, 407)
    one = await specialist(caseworker, "郑九")
    made = await caseworker.made("/v1/assignments", {"uscc": firm.uscc, "specialist_id": one["id"]})
    visits = f"/v1/assignments/{made['id']}/visits"
    assert (await caseworker.post(visits, {**VISIT, "visited_on": "2026-11-22"})).status_code == 422
    assert (await caseworker.post(visits, {**VISIT, "next_step_due_on": "2026-12-01"})).status_code == 422
    assert (await caseworker.post(visits, {**VISIT, "state": "active"})).status_code == 422


async def test_a_committee_reads_its_park_and_writes_nothing(
    hear: Hear, caseworker: Person, client: httpx.AsyncClient, issuer: TestIssuer
) -> None:
    inside = await registered(hear, 408, park_code="530900-park-1")
    outside = await registered(hear, 409, park_code="530900-park-2")
    one = await specialist(caseworker, "冯十")
    for firm in (inside, outside):
        await caseworker.made("/v1/assignments", {"uscc": firm.uscc, "specialist_id": one["id"]})
    committee = person(client, issuer, Role.PARK_COMMITTEE, park_code="530900-park-1")
    assert [item["uscc"] for item in await committee.items("/v1/assignments")] == [inside.uscc]
    assert (await committee.post("/v1/memberships", {"uscc": inside.uscc})).status_code == 403
