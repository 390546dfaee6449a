"""The planners run for a business date, by administrators; the same date twice changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import httpx

from services.notifications.main import build_app
from shared.db.engine import Database
from shared.kernel.clock import FixedClock
from shared.kernel.roles import Role
from shared.testing.client import client_of
from shared.testing.tokens import TestIssuer
from shared.web.edge import Edge
from tests.databases import ServiceDatabase
from tests.notifications.application import desk
from tests.notifications.conftest import Office
from tests.notifications.facts import TODAY, Firm, recognition

LATER = date(2027, 6, 30)


async def test_going_forward_in_steps_sends_each_notice_once(
    client: httpx.AsyncClient, issuer: TestIssuer, office: Office
) -> None:
    firms = [Firm() for _ in range(3)]
    for firm in firms:
        await office.hear(firm.granted(recognition("tech_sme", date(2026, 5, 1), valid_until_on=LATER)))
    headers = issuer.headers(Role.ADMINISTRATOR)
    counts = []
    for days in (31, 30, 30, 14, 20, -1, -30):
        as_of = (LATER - timedelta(days=days)).isoformat()
        answer = await client.post("/v1/runs", json={"as_of": as_of}, headers=headers)
        assert answer.status_code == 200, answer.text
        counts.append((answer.json()["sent_count"], answer.json()["overdue_count"]))
        assert answer.json()["as_of"] == as_of
    assert counts == [(3, 0), (3, 0), (0, 0), (3, 0), (0, 0), (3, 3), (0, 0)]
    for firm in firms:
        assert [offset for _, _, offset in await office.told(firm.uscc)] == [60, 30, 14, -1]


async def test_a_mark_never_goes_back(client: httpx.AsyncClient, issuer: TestIssuer, office: Office) -> None:
    headers = issuer.headers(Role.ADMINISTRATOR)
    for day in ("2027-08-01", "2026-11-21"):
        assert (await client.post("/v1/runs", json={"as_of": day}, headers=headers)).status_code == 200
    marks = await office.query("SELECT DISTINCT scanned_on FROM planner_marks")
    assert marks == [{"scanned_on": date(2027, 8, 1)}]


async def test_without_a_date_a_run_is_for_today(client: httpx.AsyncClient, issuer: TestIssuer) -> None:
    headers = issuer.headers(Role.ADMINISTRATOR)
    assert (await client.post("/v1/runs", headers=headers)).json()["as_of"] == TODAY.isoformat()
    page = await client.get("/v1/runs", params={"limit": 1}, headers=headers)
    assert page.json()["items"][0]["as_of"] == TODAY.isoformat()
    assert page.json()["next_cursor"]


async def test_only_administrators_run_planners(client: httpx.AsyncClient, issuer: TestIssuer) -> None:
    for role in set(Role) - {Role.ADMINISTRATOR}:
        answer = await client.post("/v1/runs", json={"as_of": "2026-11-21"}, headers=issuer.headers(role))
        assert answer.status_code == 403


async def test_outside_a_trial_a_day_that_has_not_come_is_refused(
    make_database: Callable[[str], ServiceDatabase], issuer: TestIssuer
) -> None:
    database = Database(make_database("notifications").app_url)
    clock = FixedClock(TODAY)
    app = build_app(Edge(database, issuer.verifier(), clock), desk(clock, allows_future_runs=False))
    async with client_of(app) as client:
        headers = issuer.headers(Role.ADMINISTRATOR)
        tomorrow = await client.post("/v1/runs", json={"as_of": "2026-11-22"}, headers=headers)
        today = await client.post("/v1/runs", json={"as_of": "2026-11-21"}, headers=headers)
    await database.dispose()
    assert (tomorrow.status_code, tomorrow.json()["code"]) == (422, "future_date_refused")
    assert today.status_code == 200
