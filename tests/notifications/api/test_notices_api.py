"""Notices, templates, recipients and the calendar over HTTP."""

from __future__ import annotations

from datetime import date

import httpx
import icalendar
import pytest

from shared.kernel.roles import Role
from shared.testing.tokens import TestIssuer
from tests.notifications.conftest import Office
from tests.notifications.facts import Firm, hnte, recognition

LATER = date(2027, 6, 30)


@pytest.fixture
async def firm(office: Office) -> Firm:
    """An enterprise that was told once."""
    firm = Firm(park_code="P1")
    await office.hear(firm.granted(recognition("tech_sme", date(2026, 5, 1), valid_until_on=LATER)))
    await office.run(date(2027, 6, 1))
    return firm


async def test_a_notice_has_the_promised_shape(client: httpx.AsyncClient, issuer: TestIssuer, firm: Firm) -> None:
    query = {"uscc": firm.uscc, "state": "sent"}
    answer = await client.get("/v1/notices", params=query, headers=issuer.headers(Role.CASEWORKER))
    (notice,) = answer.json()["items"]
    known = {
        "uscc": firm.uscc,
        "kind": "tech_sme_renewal",
        "offset_days": 30,
        "due_on": "2027-06-30",
        "planned_on": "2027-05-31",
        "channel": "in_app",
        "recipient": "enterprise",
        "state": "sent",
        "sent_on": "2027-06-01",
    }
    assert {name: notice[name] for name in known} == known
    assert notice["sent_at"]
    assert notice["duty_id"]


async def test_a_notice_shows_its_words_and_its_copies(
    client: httpx.AsyncClient, issuer: TestIssuer, office: Office, firm: Firm
) -> None:
    (row,) = await office.notices(firm.uscc, "sent")
    answer = await client.get(f"/v1/notices/{row['id']}", headers=issuer.headers(Role.CASEWORKER))
    notice = answer.json()
    assert firm.state.name in notice["body"]
    assert (notice["template_id"], notice["template_version"]) == ("duty_reminder", 1)
    (copy,) = notice["deliveries"]
    assert (copy["channel"], copy["state"]) == ("email", "unaddressed")


async def test_notices_to_come_are_seen_in_advance(
    client: httpx.AsyncClient, issuer: TestIssuer, office: Office
) -> None:
    firm = Firm()
    await office.hear(firm.granted(hnte(date(2026, 11, 1))))
    query = {"uscc": firm.uscc, "kind": "hnte_expiry", "state": "planned", "due_before": "2030-01-01"}
    answer = await client.get("/v1/notices", params=query, headers=issuer.headers(Role.CASEWORKER))
    assert [notice["offset_days"] for notice in answer.json()["items"]] == [180, 90, 60, 30, 14, 7, 3, 1, -1]


async def test_the_first_reading_counts(
    client: httpx.AsyncClient, issuer: TestIssuer, office: Office, firm: Firm
) -> None:
    (row,) = await office.notices(firm.uscc, "sent")
    headers = issuer.headers(Role.ENTERPRISE_CONTACT, usccs=(firm.uscc,))
    first = await client.post(f"/v1/notices/{row['id']}/read", headers=headers)
    again = await client.post(f"/v1/notices/{row['id']}/read", headers=issuer.headers(Role.CASEWORKER))
    assert first.status_code == again.status_code == 200
    assert (first.json()["read_at"], first.json()["read_by"]) == (again.json()["read_at"], again.json()["read_by"])
    assert first.json()["read_at"] is not None
    (planned, *_) = await office.notices(firm.uscc, "planned")
    answer = await client.post(f"/v1/notices/{planned['id']}/read", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "notice_not_sent")


async def test_notices_of_others_do_not_exist(
    client: httpx.AsyncClient, issuer: TestIssuer, office: Office, firm: Firm
) -> None:
    (row,) = await office.notices(firm.uscc, "sent")
    for headers in (
        issuer.headers(Role.CASEWORKER, regions=("620723",)),
        issuer.headers(Role.ENTERPRISE_CONTACT, usccs=(Firm().uscc,)),
        issuer.headers(Role.PARK_COMMITTEE, park_code="P2"),
    ):
        assert (await client.get(f"/v1/notices/{row['id']}", headers=headers)).status_code == 404


async def test_the_templates_in_force_are_shown(client: httpx.AsyncClient, issuer: TestIssuer) -> None:
    answer = await client.get("/v1/templates", headers=issuer.headers(Role.CASEWORKER))
    templates = {template["id"]: template for template in answer.json()["items"]}
    assert set(templates) == {"duty_reminder", "duty_overdue", "award_proposed", "award_decided", "award_rejected"}
    assert set(templates["duty_reminder"]["placeholders"]) <= set(templates["duty_reminder"]["allowed_placeholders"])


async def test_a_named_recipient_is_sealed_shown_to_few_and_replaced_by_role(
    client: httpx.AsyncClient, issuer: TestIssuer, office: Office, firm: Firm
) -> None:
    body = {
        "uscc": firm.uscc,
        "role": "notice",
        "email": "reporter@example.com",
        "name": "李四",
        "phone": "13900001111",
    }
    first = await client.post("/v1/recipients", json=body, headers=issuer.headers(Role.CASEWORKER))
    assert (first.status_code, first.json()["email"]) == (201, "reporter@example.com")
    second = await client.post(
        "/v1/recipients", json=body | {"email": "other@example.com"}, headers=issuer.headers(Role.CASEWORKER)
    )
    assert (second.status_code, second.json()["id"], second.json()["version"]) == (200, first.json()["id"], 2)
    (row,) = await office.query("SELECT * FROM recipients WHERE uscc = :uscc", uscc=firm.uscc)
    assert "example.com" not in str(row)
    seen = await client.get("/v1/recipients", params={"uscc": firm.uscc}, headers=issuer.headers(Role.CASEWORKER))
    masked = await client.get("/v1/recipients", params={"uscc": firm.uscc}, headers=issuer.headers(Role.AUDITOR))
    assert [item["email"] for item in seen.json()["items"]] == ["other@example.com"]
    assert [(item["name"], item["email"]) for item in masked.json()["items"]] == [("李**", "o***@example.com")]
    (entry, *_) = await office.query("SELECT * FROM audit_entries WHERE action = 'name_recipient'")
    assert "example.com" not in str(entry)


@pytest.mark.parametrize("email", ["a@b\r\nBcc: c@d", "two@example.com, three@example.com", "张三@例子", "x" * 300, ""])
async def test_what_is_no_address_is_refused(
    client: httpx.AsyncClient, issuer: TestIssuer, firm: Firm, email: str
) -> None:
    body = {"uscc": firm.uscc, "role": "notice", "email": email}
    answer = await client.post("/v1/recipients", json=body, headers=issuer.headers(Role.CASEWORKER))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/email"


async def test_nobody_names_a_recipient_elsewhere(client: httpx.AsyncClient, issuer: TestIssuer, firm: Firm) -> None:
    body = {"uscc": firm.uscc, "role": "notice", "email": "a@example.com"}
    elsewhere = issuer.headers(Role.CASEWORKER, regions=("620723",))
    assert (await client.post("/v1/recipients", json=body, headers=elsewhere)).status_code == 404


async def test_the_calendar_is_read_by_a_calendar_library(
    client: httpx.AsyncClient, issuer: TestIssuer, office: Office
) -> None:
    firm = Firm()
    await office.hear(firm.granted(hnte(date(2026, 11, 1))))
    headers = issuer.headers(Role.ENTERPRISE_CONTACT, usccs=(firm.uscc,))
    answer = await client.get("/v1/calendar.ics", params={"uscc": firm.uscc}, headers=headers)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    calendar = icalendar.Calendar.from_ical(answer.content)
    events = calendar.events
    assert [event.start for event in events] == [
        date(2027, 5, 31),
        date(2028, 5, 31),
        date(2029, 5, 31),
        date(2029, 10, 31),
    ]
    assert events[0]["SUMMARY"] == f"高新技术企业年度发展情况报表({firm.state.name})"
    others = issuer.headers(Role.ENTERPRISE_CONTACT, usccs=(Firm().uscc,))
    assert (await client.get("/v1/calendar.ics", params={"uscc": firm.uscc}, headers=others)).status_code == 404
