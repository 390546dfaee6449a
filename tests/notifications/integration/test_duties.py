"""Duties follow recognitions: planned, moved, fulfilled by the next certificate, withdrawn with the last."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.notifications.conftest import Office
from tests.notifications.facts import TODAY, Firm, hnte, recognition


def _days(duties: list[dict[str, Any]], kind: str) -> list[tuple[date, str]]:
    return [(duty["due_on"], duty["state"]) for duty in duties if duty["kind"] == kind]


async def test_a_certificate_brings_its_reports_and_its_expiry(office: Office) -> None:
    firm = Firm()
    await office.hear(firm.registered(), firm.granted(hnte(date(2026, 11, 1))))
    duties = await office.duties(firm.uscc)
    assert _days(duties, "hnte_annual_report") == [(date(year, 5, 31), "open") for year in (2027, 2028, 2029)]
    assert _days(duties, "hnte_expiry") == [(date(2029, 10, 31), "open")]
    assert all(duty["provision_ids"] and duty["known_on"] == TODAY for duty in duties)
    assert await office.said(firm.uscc) == [("duty_planned.v1", 1)] * 4


async def test_what_was_due_before_anybody_knew_is_not_put_on_record(office: Office) -> None:
    firm = Firm()
    await office.hear(firm.granted(hnte(date(2024, 6, 1))))
    duties = await office.duties(firm.uscc)
    assert _days(duties, "hnte_annual_report") == [(date(2027, 5, 31), "open")]
    assert _days(duties, "hnte_expiry") == [(date(2027, 5, 31), "open")]


async def test_an_expired_certificate_brings_nothing(office: Office) -> None:
    firm = Firm()
    await office.hear(firm.granted(hnte(date(2020, 6, 1))))
    assert not await office.duties(firm.uscc)


async def test_a_yearly_number_is_to_be_renewed_by_the_end_of_march(office: Office) -> None:
    firm = Firm()
    await office.hear(firm.granted(recognition("tech_sme", date(2026, 8, 1), valid_until_on=date(2027, 3, 31))))
    assert _days(await office.duties(firm.uscc), "tech_sme_renewal") == [(date(2027, 3, 31), "open")]


async def test_any_other_recognition_that_ends_is_told_too_and_an_open_ended_one_is_not(office: Office) -> None:
    firm = Firm()
    ending = recognition("key_laboratory", date(2025, 1, 1), level="provincial", valid_until_on=date(2028, 1, 1))
    await office.hear(firm.granted(ending), firm.granted(recognition("contest_winner", date(2025, 1, 1))))
    assert _days(await office.duties(firm.uscc), "recognition_expiry") == [(date(2028, 1, 1), "open")]


async def test_the_next_certificate_fulfils_the_expiry_of_the_last_and_brings_its_own(office: Office) -> None:
    firm = Firm()
    first, second = hnte(date(2024, 3, 1)), hnte(date(2026, 11, 10), certificate_number="GR202653000009")
    await office.hear(firm.granted(first), firm.granted(second))
    duties = await office.duties(firm.uscc)
    assert _days(duties, "hnte_expiry") == [(date(2027, 2, 28), "done"), (date(2029, 11, 9), "open")]
    assert _days(duties, "hnte_annual_report") == [(date(year, 5, 31), "open") for year in (2027, 2028, 2029)]
    done = next(duty for duty in duties if duty["state"] == "done")
    assert (done["done_on"], done["proof"], done["closed_by"]) == (date(2026, 11, 10), "GR202653000009", "records")
    assert not [notice for notice in await office.notices(firm.uscc, "planned") if notice["duty_id"] == done["id"]]


async def test_a_revoked_certificate_takes_its_duties_with_it(office: Office) -> None:
    firm, certificate = Firm(), hnte(date(2026, 10, 1))
    await office.hear(firm.granted(certificate), firm.revoked(certificate, date(2026, 11, 20)))
    assert {duty["state"] for duty in await office.duties(firm.uscc)} == {"withdrawn"}
    assert not await office.notices(firm.uscc, "planned")
    assert ("duty_done.v1", 2) in await office.said(firm.uscc)


async def test_a_renewal_that_is_revoked_brings_the_old_expiry_back(office: Office) -> None:
    firm, first, second = Firm(), hnte(date(2024, 3, 1)), hnte(date(2026, 11, 10))
    await office.hear(firm.granted(first), firm.granted(second), firm.revoked(second, date(2026, 11, 15)))
    expiry = [duty for duty in await office.duties(firm.uscc) if duty["recognition_id"] == first.id]
    assert [(duty["kind"], duty["state"]) for duty in expiry if duty["kind"] == "hnte_expiry"] == [
        ("hnte_expiry", "open")
    ]


async def test_a_corrected_day_moves_the_duty_and_withdraws_what_was_planned(office: Office) -> None:
    firm, certificate = Firm(), hnte(date(2026, 11, 1))
    await office.hear(firm.granted(certificate))
    corrected = certificate.model_copy(update={"valid_until_on": date(2029, 11, 30)})
    await office.hear(firm.corrected(corrected))
    (expiry,) = [duty for duty in await office.duties(firm.uscc) if duty["kind"] == "hnte_expiry"]
    assert (expiry["due_on"], expiry["version"]) == (date(2029, 11, 30), 2)
    notices = [notice for notice in await office.notices(firm.uscc) if notice["duty_id"] == expiry["id"]]
    assert {notice["state"] for notice in notices if notice["due_on"] == date(2029, 10, 31)} == {"withdrawn"}
    assert {notice["state"] for notice in notices if notice["due_on"] == date(2029, 11, 30)} == {"planned"}


async def test_an_older_state_that_comes_late_changes_nothing(office: Office) -> None:
    firm = Firm()
    old = firm.registered()
    await office.hear(firm.granted(hnte(date(2026, 11, 1))), old)
    assert len(await office.duties(firm.uscc)) == 4


async def test_everything_about_an_enterprise_follows_it_to_its_new_park(office: Office) -> None:
    firm = Firm()
    await office.hear(firm.granted(hnte(date(2026, 11, 1))), firm.moved("530921", "P9"))
    places = {(row["region_code"], row["park_code"]) for row in await office.duties(firm.uscc)}
    places |= {(row["region_code"], row["park_code"]) for row in await office.notices(firm.uscc)}
    assert places == {("530921", "P9")}
