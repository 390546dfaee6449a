"""Recognitions over HTTP: the rung follows from them on every day, and each fact is said once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import psycopg
import pytest

from tests.databases import ServiceDatabase
from tests.enterprise.conftest import Desk, bureau, new_uscc


def said(database: ServiceDatabase, uscc: str) -> list[tuple[str, int, dict[str, Any]]]:
    """Type, version and payload of all that was announced about an enterprise, in order."""
    statement = "SELECT type, agg_version, payload FROM outbox WHERE agg_id = %s ORDER BY id"
    with psycopg.connect(database.owner_url) as connection:
        return connection.execute(statement, (uscc,)).fetchall()


async def rung_on(desk: Desk, uscc: str, day: str) -> str:
    rung: str = (await desk.get(f"/v1/enterprises/{uscc}?as_of={day}"))["rung"]
    return rung


async def test_a_certificate_lifts_the_enterprise_from_its_day_to_its_last(
    desk: Desk, database: ServiceDatabase
) -> None:
    uscc = await desk.register(registered_on="2015-01-01")
    granted = await desk.grant(uscc, issued_on="2025-12-03", certificate_number="GR202553000001")
    assert (granted["sequence"], granted["valid_until_on"], granted["rung"]) == ("first", "2028-12-02", "hnte")
    days = ("2025-12-02", "2025-12-03", "2028-12-02", "2028-12-03")
    assert [await rung_on(desk, uscc, day) for day in days] == ["micro_small", "hnte", "hnte", "micro_small"]
    facts = said(database, uscc)
    assert [(kind, version) for kind, version, _ in facts] == [
        ("enterprise.registered.v1", 1),
        ("enterprise.recognition_granted.v1", 2),
        ("enterprise.rung_changed.v1", 3),
    ]
    state = facts[-1][2]["enterprise"]
    assert (state["version"], state["rung"], state["rungs"][-1]) == (
        3,
        "hnte",
        {"rung": "micro_small", "from_on": "2028-12-03", "until_on": None},
    )
    assert (await desk.get(f"/v1/enterprises/{uscc}"))["version"] == 3


async def test_the_printed_expiry_goes_before_the_one_the_kind_fixes(desk: Desk) -> None:
    uscc = await desk.register()
    granted = await desk.grant(uscc, issued_on="2022-11-18", valid_until_on="2025-11-18")
    assert granted["valid_until_on"] == "2025-11-18"
    assert [await rung_on(desk, uscc, day) for day in ("2025-11-18", "2025-11-19")] == ["hnte", "micro_small"]


async def test_a_renewal_keeps_the_rung_and_says_no_change(desk: Desk, database: ServiceDatabase) -> None:
    uscc = await desk.register()
    await desk.grant(uscc, issued_on="2023-11-30", certificate_number="GR1")
    renewed = await desk.grant(uscc, issued_on="2026-11-20", certificate_number="GR2")
    assert renewed["sequence"] == "renewed"
    assert [kind for kind, _, _ in said(database, uscc)].count("enterprise.rung_changed.v1") == 1
    found = await desk.get(f"/v1/enterprises/{uscc}/recognitions")
    assert [(r["sequence"], r["status"]) for r in found["items"]] == [("first", "valid"), ("renewed", "valid")]


async def test_a_certificate_after_a_gap_is_told_apart(desk: Desk, database: ServiceDatabase) -> None:
    uscc = await desk.register()
    await desk.grant(uscc, issued_on="2019-11-30", certificate_number="GR1")
    assert (await desk.grant(uscc, issued_on="2024-11-20", certificate_number="GR2"))["sequence"] == "after_gap"
    lapse = [payload for kind, _, payload in said(database, uscc) if kind == "enterprise.recognition_lapsed.v1"]
    assert [payload["lapsed_on"] for payload in lapse] == ["2022-11-30"]


async def test_the_yearly_number_keeps_its_rung_while_it_is_renewed(desk: Desk) -> None:
    uscc = await desk.register()
    granted = await desk.grant(uscc, "tech_sme", issued_on="2025-06-30", certificate_number="202553090208000001")
    assert granted["valid_until_on"] == "2026-03-31"
    found = await desk.get(f"/v1/enterprises/{uscc}/recognitions")
    assert (found["items"][0]["status"], (await desk.get(f"/v1/enterprises/{uscc}"))["rung"]) == (
        "renewing",
        "tech_sme",
    )
    assert await rung_on(desk, uscc, "2027-01-01") == "micro_small"


async def test_linze_has_a_provincial_rung_that_lincang_has_not(desk: Desk) -> None:
    gansu = bureau("620723")
    uscc = await desk.register(region_code="530921")
    assert (await desk.grant(uscc, "provincial_innovator", issued_on="2026-01-05"))["rung"] == "micro_small"
    body = {"uscc": (other := new_uscc()), "name": "临泽示例有限公司", "region_code": "620723"}
    await desk.post("/v1/enterprises", body, who=gansu)
    recognition = {"kind": "provincial_innovator", "issued_on": "2026-01-05", "document": "甘科高〔2026〕1号"}
    granted = await desk.post(f"/v1/enterprises/{other}/recognitions", recognition, who=gansu)
    assert granted["rung"] == "provincial_innovator"


async def test_a_revocation_counts_from_its_legal_date_and_bars_the_same_year(
    desk: Desk, database: ServiceDatabase
) -> None:
    uscc = await desk.register()
    granted = await desk.grant(uscc, issued_on="2024-11-01", certificate_number="GR1")
    body = {"revoked_on": "2026-05-01", "reason": "累计两年未填报年度发展情况报表", "document": "云科公告3号"}
    answer = await desk.ask("POST", f"/v1/recognitions/{granted['id']}/revocation", body)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["status"], answer.json()["rung"]) == ("revoked", "micro_small")
    assert [await rung_on(desk, uscc, day) for day in ("2026-04-30", "2026-05-01")] == ["hnte", "micro_small"]
    [(_, _, change)] = [fact for fact in said(database, uscc) if fact[0] == "enterprise.rung_changed.v1"][1:]
    assert (change["from_rung"], change["to_rung"], change["changed_on"]) == ("hnte", "micro_small", "2026-05-01")
    again = await desk.ask("POST", f"/v1/recognitions/{granted['id']}/revocation", body)
    assert (again.status_code, again.json()["code"]) == (409, "recognition_already_revoked")
    new = {"kind": "hnte", "issued_on": "2026-11-01", "certificate_number": "GR2"}
    barred = await desk.ask("POST", f"/v1/enterprises/{uscc}/recognitions", new)
    assert (barred.status_code, barred.json()["code"]) == (409, "reapplication_barred")
    assert "当年不得再次申请" in barred.json()["detail"]


async def test_a_recognition_outside_the_scope_cannot_be_revoked(desk: Desk) -> None:
    granted = await desk.grant(await desk.register())
    body = {"revoked_on": "2026-05-01", "reason": "试"}
    path = f"/v1/recognitions/{granted['id']}/revocation"
    answer = await desk.ask("POST", path, body, who=bureau("530400"))
    assert (answer.status_code, answer.json()["title"]) == (404, "没有找到这项认定")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"kind": "high_tech"}, 422, "unknown_kind"),
        ({"issued_on": "2026-11-22"}, 422, "in_future"),
        ({"valid_until_on": "2025-01-01"}, 422, "before_issue"),
        ({"kind": "provincial_innovator", "level": "county"}, 422, "unknown_level"),
        ({"certificate_number": None, "document": None}, 422, "evidence_missing"),
        ({"kind": "leading", "issuer": None}, 422, "evidence_missing"),
    ],
)
async def test_what_cannot_be_recorded_is_named(desk: Desk, change: dict[str, Any], status: int, code: str) -> None:
    uscc = await desk.register()
    body = {"kind": "hnte", "issued_on": "2025-12-03", "certificate_number": "GR1", **change}
    answer = await desk.ask("POST", f"/v1/enterprises/{uscc}/recognitions", body)
    assert answer.status_code == status
    assert code in {answer.json()["code"], *(error["code"] for error in answer.json()["errors"])}


async def test_the_same_certificate_is_recorded_once(desk: Desk) -> None:
    uscc = await desk.register()
    await desk.grant(uscc, certificate_number="GR1")
    body = {"kind": "hnte", "issued_on": "2025-12-03", "certificate_number": "GR1"}
    answer = await desk.ask("POST", f"/v1/enterprises/{uscc}/recognitions", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "recognition_already_recorded")


async def test_time_passing_is_seen_without_any_write(make_desk: Callable[[date], Desk]) -> None:
    uscc = await make_desk(date(2026, 11, 21)).register()
    await make_desk(date(2026, 11, 21)).grant(uscc, issued_on="2024-02-29")
    last, first = make_desk(date(2027, 2, 27)), make_desk(date(2027, 2, 28))
    assert (await last.get(f"/v1/enterprises/{uscc}"))["rung"] == "hnte"
    assert (await last.get(f"/v1/enterprises?rung=hnte&q={uscc}"))["items"][0]["rung_until_on"] == "2027-02-28"
    assert (await first.get(f"/v1/enterprises/{uscc}"))["rung"] == "micro_small"
    assert uscc not in [item["uscc"] for item in (await first.get("/v1/enterprises?rung=hnte"))["items"]]


async def test_the_ladders_are_there_to_read(desk: Desk) -> None:
    found = await desk.get("/v1/ladders")
    assert {ladder["jurisdiction"] for ladder in found["items"]} >= {"530900", "530400", "371300", "533100", "620723"}
    kinds = await desk.get("/v1/recognition-kinds")
    assert "hnte" in {kind["id"] for kind in kinds["items"]}
