"""Dated facts over HTTP: figures that are corrected by appending, scale, blocks, contacts."""

from __future__ import annotations

import psycopg
import pytest

from shared.kernel.roles import Role
from tests.databases import ServiceDatabase
from tests.enterprise.application import SEALER
from tests.enterprise.conftest import Desk, Who


async def test_any_part_of_a_years_figures_may_come_and_a_correction_keeps_the_rest(
    desk: Desk, database: ServiceDatabase
) -> None:
    uscc = await desk.register()
    path = f"/v1/enterprises/{uscc}/figures/2025"
    first = await desk.ask("PUT", path, {"revenue_fen": 1_000, "staff_count": 40, "source": "年报"})
    assert (first.status_code, first.headers["etag"]) == (200, '"2"'), first.text
    second = await desk.ask("PUT", path, {"revenue_fen": 1_200, "net_assets_fen": -5, "source": "审计报告"})
    wanted = {"year": 2025, "revenue_fen": 1_200, "staff_count": 40, "net_assets_fen": -5, "source": "审计报告"}
    assert {name: second.json()[name] for name in wanted} == wanted
    assert second.json()["rd_expense_fen"] is None
    found = await desk.get(f"/v1/enterprises/{uscc}")
    assert {name: found["figures"][0][name] for name in wanted} == wanted
    with psycopg.connect(database.owner_url) as connection:
        statement = "SELECT value, source FROM figures WHERE uscc = %s AND item = 'revenue_fen' ORDER BY id"
        kept = connection.execute(statement, (uscc,)).fetchall()
        statement = "SELECT payload FROM outbox WHERE agg_id = %s ORDER BY id DESC LIMIT 1"
        [event] = connection.execute(statement, (uscc,)).fetchone()  # type: ignore[misc]
    assert kept == [(1_000, "年报"), (1_200, "审计报告")]
    assert event["year"] == 2025
    assert event["enterprise"]["figures"][0]["revenue_fen"] == 1_200


@pytest.mark.parametrize(
    ("year", "body", "pointer"),
    [
        (2025, {"source": "年报"}, ""),
        (2025, {"revenue_fen": 1}, "/source"),
        (2025, {"revenue_fen": -1, "source": "年报"}, "/revenue_fen"),
        (2025, {"revenue_fen": True, "source": "年报"}, "/revenue_fen"),
        (2025, {"profit_fen": 1, "source": "年报"}, "/profit_fen"),
        (2027, {"revenue_fen": 1, "source": "年报"}, "year"),
        (1979, {"revenue_fen": 1, "source": "年报"}, "year"),
    ],
)
async def test_wrong_figures_are_named(desk: Desk, year: int, body: dict[str, object], pointer: str) -> None:
    uscc = await desk.register()
    answer = await desk.ask("PUT", f"/v1/enterprises/{uscc}/figures/{year}", body)
    assert (answer.status_code, [error["pointer"] for error in answer.json()["errors"]]) == (422, [pointer])


async def test_scale_is_a_dated_mark_with_its_source(desk: Desk) -> None:
    uscc = await desk.register()
    for above, day in ((True, "2024-01-01"), (False, "2026-01-01"), (True, "2026-01-01")):
        await desk.post(f"/v1/enterprises/{uscc}/scale", {"above_scale": above, "from_on": day, "source": "统计局名录"})
    seen = {
        day: (await desk.get(f"/v1/enterprises/{uscc}?as_of={day}"))["above_scale"]
        for day in ("2023-12-31", "2024-01-01", "2026-01-01")
    }
    assert seen == {"2023-12-31": None, "2024-01-01": True, "2026-01-01": True}
    found = await desk.get(f"/v1/enterprises/{uscc}")
    assert [(mark["from_on"], mark["above_scale"]) for mark in found["scale"]] == [
        ("2024-01-01", True),
        ("2026-01-01", True),
    ]


async def test_a_block_stands_until_a_person_releases_it_once(desk: Desk) -> None:
    uscc = await desk.register()
    path = f"/v1/enterprises/{uscc}/blocks"
    block = await desk.post(path, {"kind": "abnormal_operation", "source": "市场监管局", "from_on": "2026-03-01"})
    assert (block["released_on"], block["version"]) == (None, 2)
    release = f"{path}/{block['id']}/release"
    assert (await desk.ask("POST", release, {})).status_code == 422
    early = await desk.ask("POST", release, {"reason": "已移出", "released_on": "2026-02-01"})
    assert early.status_code == 422
    released = await desk.post(release, {"reason": "已移出经营异常名录"})
    assert (released["released_on"], released["version"]) == ("2026-11-21", 3)
    again = await desk.ask("POST", release, {"reason": "再次"})
    assert (again.status_code, again.json()["code"]) == (409, "block_already_released")
    assert [item["id"] for item in (await desk.get(path))["items"]] == [block["id"]]


async def test_contacts_are_sealed_at_rest_and_in_the_event_and_masked_for_those_who_need_not_know(
    desk: Desk, database: ServiceDatabase
) -> None:
    uscc = await desk.register()
    path = f"/v1/enterprises/{uscc}/contacts"
    person = {"role": "finance", "name": "王小明", "phone": "13812345678", "email": "wang@example.com", "consent": True}
    body = {"contacts": [person]}
    assert (await desk.ask("PUT", path, body)).status_code == 428
    answer = await desk.ask("PUT", path, body, headers={"If-Match": '"1"'})
    assert answer.status_code == 200, answer.text
    [shown] = answer.json()["items"]
    assert {name: shown[name] for name in person} == person
    [masked] = (await desk.get(path, who=Who(Role.AUDITOR)))["items"]
    assert (masked["name"], masked["phone"], masked["email"]) == ("王**", "138****5678", "w***@example.com")
    with psycopg.connect(database.owner_url) as connection:
        [sealed] = connection.execute("SELECT sealed FROM contacts WHERE uscc = %s", (uscc,)).fetchone()  # type: ignore[misc]
        statement = "SELECT payload::text, payload FROM outbox WHERE agg_id = %s AND type LIKE '%%contacts%%'"
        text, event = connection.execute(statement, (uscc,)).fetchone()  # type: ignore[misc]
        audit = str(connection.execute("SELECT after FROM audit_entries WHERE aggregate_id = %s", (uscc,)).fetchall())
    assert SEALER.unseal(sealed, place=f"contact|{shown['id']}")["phone"] == "13812345678"
    assert event["contacts"][0]["sealed"] == sealed
    for secret in ("王小明", "13812345678", "wang@example.com"):
        assert secret not in text + audit


async def test_every_write_leaves_who_what_before_after_and_why(desk: Desk, database: ServiceDatabase) -> None:
    uscc = await desk.register(name="审计示例有限公司")
    body = {"name": "审计示例科技有限公司", "reason": "营业执照变更"}
    await desk.ask("PATCH", f"/v1/enterprises/{uscc}", body, headers={"If-Match": '"1"'})
    with psycopg.connect(database.owner_url) as connection:
        statement = (
            "SELECT subject, action, before, after, reason FROM audit_entries WHERE aggregate_id = %s ORDER BY id"
        )
        entries = connection.execute(statement, (uscc,)).fetchall()
    assert [entry[1] for entry in entries] == ["enterprise.register", "enterprise.update"]
    assert entries[1][0] == "caseworker-530900"
    assert entries[1][2:] == (
        {"name": "审计示例有限公司"},
        {"name": "审计示例科技有限公司"},
        "营业执照变更",
    )
