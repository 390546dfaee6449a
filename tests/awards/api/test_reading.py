"""What may be read: awards in scope, policies, provisions, and evaluations that change nothing."""

from __future__ import annotations

import pytest

from shared.kernel.roles import Role
from tests.awards.facts import BELOW, Firm, recognition


async def evaluate(desk, uscc: str, on: str | None = None, role: Role = Role.CASEWORKER):
    body = {"uscc": uscc} | ({"on": on} if on else {})
    return await desk.client.post("/v1/evaluations", json=body, headers=desk.headers(role))


async def decisions(desk, uscc: str, on: str | None = None) -> dict[str, dict]:
    answer = await evaluate(desk, uscc, on)
    assert answer.status_code == 200, answer.text
    return {item["grant_rule_id"]: item for item in answer.json()["decisions"]}


async def test_an_evaluation_answers_every_rule_of_the_region(hear, desk) -> None:
    firm = Firm(501)
    await hear(firm.scaled(), firm.granted())
    found = await decisions(desk, firm.uscc)
    assert {rule: item["result"] for rule, item in found.items()} == {
        "lincang.hnte.first": "eligible",
        "lincang.hnte.renewed": "not_eligible",
        "lincang.rd_institution.new": "not_eligible",
        "lincang.platform.provincial": "not_eligible",
        "lincang.workstation.academician": "not_eligible",
        "lincang.workstation.expert": "not_eligible",
    }
    assert found["lincang.hnte.first"]["amount_fen"] == 10_000_000
    assert found["lincang.hnte.first"]["award"]["state"] == "proposed"
    assert found["lincang.hnte.renewed"]["provision_ids"] == ["LC-2.2-h"]


async def test_a_refusal_is_explained_condition_by_condition(hear, desk) -> None:
    firm = Firm(502)
    await hear(firm.scaled(BELOW), firm.granted())
    refused = (await decisions(desk, firm.uscc))["lincang.hnte.first"]
    assert (refused["result"], refused["amount_fen"], refused["award"]) == ("not_eligible", None, None)
    failed = [part for part in refused["explanation"]["conditions"]["parts"] if part["result"] == "not_met"]
    assert [(part["fact"], part["value"], part["clause"]) for part in failed] == [
        ("enterprise.above_scale", False, "二(二)")
    ]


async def test_an_open_question_names_what_is_missing_and_who_has_it(hear, desk) -> None:
    firm = Firm(503)
    await hear(firm.granted())
    unknown = (await decisions(desk, firm.uscc))["lincang.hnte.first"]
    assert unknown["result"] == "unknown"
    (missing,) = unknown["explanation"]["missing"]
    assert (missing["fact"], missing["supplied_by_zh"]) == ("enterprise.above_scale", "县级统计部门")


async def test_an_evaluation_on_an_earlier_day_knows_no_later_recognition(hear, desk) -> None:
    firm = Firm(504)
    await hear(firm.scaled(), firm.granted())
    assert (await decisions(desk, firm.uscc, "2024-10-31"))["lincang.hnte.first"]["result"] == "not_eligible"
    assert (await decisions(desk, firm.uscc, "2024-11-01"))["lincang.hnte.first"]["result"] == "eligible"


async def test_evaluating_changes_nothing(hear, desk, query) -> None:
    firm = Firm(505)
    await hear(firm.scaled(), firm.granted())
    count = "SELECT (SELECT count(*) FROM outbox) AS said, (SELECT count(*) FROM audit_entries) AS noted"
    before = await query(count)
    await evaluate(desk, firm.uscc)
    assert await query(count) == before


@pytest.mark.parametrize(
    ("body", "pointer"),
    [({}, "/uscc"), ({"uscc": "91530900MA0000015X"}, "/uscc"), ({"uscc": "x", "year": 1}, "/uscc")],
)
async def test_a_wrong_question_is_refused_by_field(desk, body, pointer: str) -> None:
    answer = await desk.client.post("/v1/evaluations", json=body, headers=desk.headers(Role.CASEWORKER))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_an_enterprise_out_of_scope_is_not_found(hear, desk) -> None:
    firm = Firm(506)
    await hear(firm.registered())
    desk.region = "620723"
    assert (await evaluate(desk, firm.uscc)).status_code == 404


async def test_awards_are_listed_by_pages_without_gaps_or_repeats(hear, desk) -> None:
    expected = set()
    for serial in range(520, 527):
        firm = Firm(serial, "530923")
        await hear(firm.scaled(), firm.granted())
        expected.add(firm.uscc)
    seen, cursor = [], None
    while True:
        params = {"region_code": "530923", "limit": 3} | ({"cursor": cursor} if cursor else {})
        page = (await desk.client.get("/v1/awards", params=params, headers=desk.headers(Role.AUDITOR))).json()
        seen += [item["uscc"] for item in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert (len(seen), set(seen)) == (7, expected)


async def test_awards_are_filtered_by_state_rule_and_region(hear, desk) -> None:
    firm = Firm(530, "530924")
    await hear(firm.scaled(), firm.granted(), firm.granted(recognition("expert_workstation")))
    everything = await desk.awards(firm.uscc)
    await desk.step(everything[0]["id"], "reject", Role.SCIENCE_REVIEWER, {"reason": "重复"})

    async def count(**params: str) -> int:
        answer = await desk.client.get(
            "/v1/awards", params={"uscc": firm.uscc, **params}, headers=desk.headers(Role.CASEWORKER)
        )
        return len(answer.json()["items"])

    assert await count() == 2
    assert await count(state="rejected") == 1
    assert await count(rule="lincang.hnte.first") == 1
    assert await count(region_code="530900") == 2
    assert await count(region_code="530902") == 0


@pytest.mark.parametrize("cursor", ["xx", "WyJhIiwgImIiXQ", "WzFd"])
async def test_a_foreign_cursor_is_refused(desk, cursor: str) -> None:
    answer = await desk.client.get("/v1/awards", params={"cursor": cursor}, headers=desk.headers(Role.AUDITOR))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "cursor")


async def test_an_enterprise_reads_its_own_awards_only(hear, desk) -> None:
    mine, theirs = Firm(540), Firm(541)
    await hear(mine.scaled(), mine.granted(), theirs.scaled(), theirs.granted())
    headers = desk.issuer.headers(Role.ENTERPRISE_CONTACT, usccs=(mine.uscc,))
    answer = await desk.client.get("/v1/awards", headers=headers)
    assert {item["uscc"] for item in answer.json()["items"]} == {mine.uscc}


async def test_a_park_committee_reads_its_own_park_only(hear, desk) -> None:
    inside, outside = Firm(542, park_code="530900-park-1"), Firm(543, park_code="530900-park-2")
    await hear(inside.scaled(), inside.granted(), outside.scaled(), outside.granted())
    headers = desk.headers(Role.PARK_COMMITTEE, park_code="530900-park-1")
    answer = await desk.client.get("/v1/awards", headers=headers)
    assert {item["uscc"] for item in answer.json()["items"]} == {inside.uscc}


async def test_policies_show_their_rules_readings_and_fingerprints(desk) -> None:
    answer = await desk.client.get("/v1/policies", headers=desk.headers(Role.AUDITOR))
    policies = {policy["jurisdiction"]: policy for policy in answer.json()["items"]}
    assert set(policies) == {"530900", "530400", "371300", "533100", "620723"}
    lincang = policies["530900"]
    assert lincang["document_number"] == "临政办发〔2023〕53号"
    assert lincang["pack_hash"].startswith("sha256:")
    assert len(lincang["grants"]) == 6
    assert lincang["grants"][0]["amount"] == {"kind": "fixed", "value": 10_000_000}
    assert {reading["id"] for reading in lincang["readings"]} >= {"above_scale_on", "gap_counts_as_renewal"}


async def test_provisions_say_what_carries_them(desk) -> None:
    params = {"jurisdiction": "620723", "limit": 2}
    first = (await desk.client.get("/v1/provisions", params=params, headers=desk.headers(Role.AUDITOR))).json()
    params["cursor"] = first["next_cursor"]
    second = (await desk.client.get("/v1/provisions", params=params, headers=desk.headers(Role.AUDITOR))).json()
    found = {item["id"]: item for item in first["items"] + second["items"]}
    assert {carrier["id"] for carrier in found["LZ-17-d"]["carried_by"]} == {
        "linze.specialist.excellent",
        "linze.specialist.competent",
    }
    assert found["LZ-17-d"]["carried_by"][0]["service"] == "awards"
    assert found["LZ-17-d"]["quote"].startswith("对年度考核优秀的科技特派员")
