"""Duties over HTTP: listed within the asker's scope, closed once, with proof or reason."""

from __future__ import annotations

from datetime import date
from typing import Any

import httpx
import pytest

from shared.kernel.roles import Role
from shared.testing.tokens import TestIssuer
from tests.notifications.conftest import Office
from tests.notifications.facts import Firm, hnte, recognition


@pytest.fixture
async def firm(office: Office) -> Firm:
    """An enterprise of 临翔区 in park P1, with a certificate."""
    firm = Firm(park_code="P1")
    await office.hear(firm.granted(hnte(date(2026, 11, 1))))
    return firm


async def listed(client: httpx.AsyncClient, headers: dict[str, str], **query: Any) -> list[dict[str, Any]]:
    answer = await client.get("/v1/duties", params=query, headers=headers)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_duty_has_the_promised_shape(client: httpx.AsyncClient, issuer: TestIssuer, firm: Firm) -> None:
    (duty, *_) = await listed(client, issuer.headers(Role.CASEWORKER), uscc=firm.uscc)
    assert {name: duty[name] for name in ("uscc", "kind", "due_on", "state")} == {
        "uscc": firm.uscc,
        "kind": "hnte_annual_report",
        "due_on": "2027-05-31",
        "state": "open",
    }
    assert duty["provision_ids"] == ["CN-HNTE-annual-report", "CN-HNTE-missed-reports"]
    answer = await client.get(f"/v1/duties/{duty['id']}", headers=issuer.headers(Role.CASEWORKER))
    assert (answer.json(), answer.headers["etag"]) == (duty, '"1"')


async def test_duties_are_filtered_and_paged_by_due_date(
    client: httpx.AsyncClient, issuer: TestIssuer, firm: Firm
) -> None:
    headers = issuer.headers(Role.CASEWORKER)
    soon = await listed(
        client, headers, uscc=firm.uscc, due_before="2028-05-31", kind="hnte_annual_report", state="open"
    )
    assert [duty["due_on"] for duty in soon] == ["2027-05-31"]
    seen: list[str] = []
    cursor = None
    while cursor or not seen:
        query = {"uscc": firm.uscc, "limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/v1/duties", params=query, headers=headers)).json()
        seen += [duty["due_on"] for duty in page["items"]]
        cursor = page["next_cursor"]
    assert seen == ["2027-05-31", "2028-05-31", "2029-05-31", "2029-10-31"]


async def test_everyone_sees_their_own_scope_only(client: httpx.AsyncClient, issuer: TestIssuer, firm: Firm) -> None:
    def sees(**scope: Any) -> Any:
        role = scope.pop("role")
        return listed(client, issuer.headers(role, **scope), uscc=firm.uscc)

    assert len(await sees(role=Role.CASEWORKER, regions=("530900",))) == 4
    assert len(await sees(role=Role.PARK_COMMITTEE, regions=("530900",), park_code="P1")) == 4
    assert len(await sees(role=Role.ENTERPRISE_CONTACT, usccs=(firm.uscc,))) == 4
    assert len(await sees(role=Role.ADMINISTRATOR)) == 4
    assert not await sees(role=Role.CASEWORKER, regions=("620723",))
    assert not await sees(role=Role.PARK_COMMITTEE, regions=("530900",), park_code="P2")
    assert not await sees(role=Role.ENTERPRISE_CONTACT, usccs=(Firm().uscc,))
    assert not await sees(role=Role.SPECIALIST)


async def test_a_region_includes_what_lies_below(client: httpx.AsyncClient, issuer: TestIssuer, firm: Firm) -> None:
    headers = issuer.headers(Role.ADMINISTRATOR)
    assert len(await listed(client, headers, uscc=firm.uscc, region_code="530900")) == 4
    assert not await listed(client, headers, uscc=firm.uscc, region_code="530400")


async def test_a_duty_done_is_not_reminded_of_again(
    client: httpx.AsyncClient, issuer: TestIssuer, office: Office, firm: Firm
) -> None:
    (duty, *_) = await office.duties(firm.uscc)
    headers = issuer.headers(Role.ENTERPRISE_CONTACT, usccs=(firm.uscc,)) | {"If-Match": '"1"'}
    body = {"proof": "工作网回执 2026-0001", "done_on": "2026-11-20"}
    answer = await client.post(f"/v1/duties/{duty['id']}/done", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    done = answer.json()
    assert (done["state"], done["proof"], done["done_on"], done["version"]) == ("done", body["proof"], "2026-11-20", 2)
    assert not [row for row in await office.notices(firm.uscc, "planned") if row["duty_id"] == duty["id"]]
    assert ("duty_done.v1", 2) in await office.said(firm.uscc)
    (entry,) = await office.query("SELECT * FROM audit_entries WHERE aggregate_id = :id", id=str(duty["id"]))
    assert (entry["action"], entry["before"]["state"], entry["after"]["state"]) == ("complete_duty", "open", "done")


async def test_a_closed_duty_is_not_closed_again(
    client: httpx.AsyncClient, issuer: TestIssuer, office: Office, firm: Firm
) -> None:
    (duty, *_) = await office.duties(firm.uscc)
    headers = issuer.headers(Role.CASEWORKER)
    waived = await client.post(f"/v1/duties/{duty['id']}/waive", json={"reason": "企业停产"}, headers=headers)
    again = await client.post(f"/v1/duties/{duty['id']}/done", json={"proof": "x"}, headers=headers)
    assert (waived.status_code, waived.json()["state"], waived.json()["reason"]) == (200, "waived", "企业停产")
    assert (again.status_code, again.json()["code"]) == (409, "duty_already_closed")


async def test_what_a_person_closed_stays_closed(
    client: httpx.AsyncClient, issuer: TestIssuer, office: Office, firm: Firm
) -> None:
    (duty, *_) = await office.duties(firm.uscc)
    await client.post(
        f"/v1/duties/{duty['id']}/waive", json={"reason": "企业停产"}, headers=issuer.headers(Role.CASEWORKER)
    )
    await office.hear(firm.granted(recognition("tech_sme", date(2026, 11, 2), valid_until_on=date(2027, 3, 31))))
    states = {row["id"]: row["state"] for row in await office.duties(firm.uscc)}
    assert states[duty["id"]] == "waived"


@pytest.mark.parametrize(
    ("path", "body", "role", "status"),
    [
        ("done", {"proof": "x", "done_on": "2099-01-01"}, Role.CASEWORKER, 422),
        ("done", {}, Role.CASEWORKER, 422),
        ("waive", {"reason": ""}, Role.CASEWORKER, 422),
        ("waive", {"reason": "x"}, Role.ENTERPRISE_CONTACT, 403),
        ("done", {"proof": "x"}, Role.PARK_COMMITTEE, 403),
        ("done", {"proof": "x"}, Role.AUDITOR, 403),
    ],
)
async def test_a_duty_is_closed_by_the_right_people_with_the_right_words(
    client: httpx.AsyncClient,
    issuer: TestIssuer,
    office: Office,
    firm: Firm,
    path: str,
    body: Any,
    role: Role,
    status: int,
) -> None:
    (duty, *_) = await office.duties(firm.uscc)
    headers = issuer.headers(role, usccs=(firm.uscc,), park_code="P1")
    answer = await client.post(f"/v1/duties/{duty['id']}/{path}", json=body, headers=headers)
    assert answer.status_code == status, answer.text


async def test_nobody_closes_a_duty_outside_the_scope_or_on_a_stale_version(
    client: httpx.AsyncClient, issuer: TestIssuer, office: Office, firm: Firm
) -> None:
    (duty, *_) = await office.duties(firm.uscc)
    url = f"/v1/duties/{duty['id']}/done"
    elsewhere = issuer.headers(Role.CASEWORKER, regions=("620723",))
    stale = issuer.headers(Role.CASEWORKER) | {"If-Match": '"7"'}
    assert (await client.post(url, json={"proof": "x"}, headers=elsewhere)).status_code == 404
    assert (await client.post(url, json={"proof": "x"}, headers=stale)).status_code == 412


async def test_a_bad_cursor_is_refused(client: httpx.AsyncClient, issuer: TestIssuer) -> None:
    for cursor in ("xx", "WyJhIiwiYiJd", "WzEsMl0"):
        answer = await client.get("/v1/duties", params={"cursor": cursor}, headers=issuer.headers(Role.ADMINISTRATOR))
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
