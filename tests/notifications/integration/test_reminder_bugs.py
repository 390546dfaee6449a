"""Ten years of reminder bugs that users of another system reported (civicrm-core and its rules extension), each a test.

The numbers are those of the reports. Left out are three about batch screens and outside users that concern no reminder.
"""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest

from services.notifications.domain.duty_rules import load_duty_rules
from shared.kernel.roles import Role
from shared.rules.reading import PackError
from shared.testing.tokens import TestIssuer
from tests.notifications.conftest import Office
from tests.notifications.facts import TODAY, Firm, hnte, recognition
from tests.notifications.rules import with_duty, with_offsets

LATER = date(2027, 6, 30)


async def _firm_due(office: Office, due_on: date, kind: str = "tech_sme") -> Firm:
    firm = Firm()
    await office.hear(firm.granted(recognition(kind, date(2026, 5, 1), valid_until_on=due_on)))
    return firm


async def test_31600_an_unsent_reminder_is_not_queued_again_at_each_run(office: Office) -> None:
    firm = await _firm_due(office, LATER)
    before = len(await office.notices(firm.uscc))
    for _ in range(20):
        await office.run(TODAY)
    assert len(await office.notices(firm.uscc)) == before
    assert not await office.told(firm.uscc)


async def test_8025_a_changed_reference_date_does_not_send_twice(office: Office) -> None:
    firm = await _firm_due(office, LATER)
    (number,) = firm.state.recognitions
    await office.run(LATER - timedelta(days=30))
    moved = LATER + timedelta(days=10)
    await office.hear(firm.corrected(number.model_copy(update={"valid_until_on": moved})))
    await office.run(moved - timedelta(days=30))
    await office.run(moved - timedelta(days=30))
    assert [(due_on, offset) for _, due_on, offset in await office.told(firm.uscc)] == [(LATER, 30), (moved, 30)]


async def test_8987_no_reminder_of_the_old_date_goes_out_after_the_change(office: Office) -> None:
    firm = await _firm_due(office, LATER)
    (number,) = firm.state.recognitions
    await office.hear(firm.corrected(number.model_copy(update={"valid_until_on": LATER + timedelta(days=400)})))
    await office.run(LATER + timedelta(days=2))
    assert not await office.told(firm.uscc)


async def test_7668_reminders_stop(office: Office) -> None:
    firm = await _firm_due(office, LATER)
    for days in range(0, 2000, 50):
        await office.run(LATER + timedelta(days=days))
    assert [offset for _, _, offset in await office.told(firm.uscc)] == [1, -1]


async def test_6606_a_day_with_many_runs_sends_once(office: Office) -> None:
    firm = await _firm_due(office, LATER)
    for _ in range(24):
        await office.run(LATER - timedelta(days=14))
    await asyncio.gather(*(Office(office.database).run(LATER - timedelta(days=14)) for _ in range(4)))
    assert [offset for _, _, offset in await office.told(firm.uscc)] == [14]


async def test_9773_a_fixed_day_of_the_year_comes_again_each_year(office: Office) -> None:
    firm = Firm()
    await office.hear(firm.granted(hnte(date(2026, 11, 1))))
    for year in (2027, 2028, 2029):
        await office.run(date(year, 5, 30))
    told = await office.told(firm.uscc)
    reminded = [due_on for kind, due_on, offset in told if kind == "hnte_annual_report" and offset >= 0]
    assert reminded == [date(year, 5, 31) for year in (2027, 2028, 2029)]


def test_24655_a_fixed_and_a_relative_day_together_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "duties.yaml"
    file.write_text(
        "documents: [{id: law, title: 某办法}]\n"
        "duties:\n"
        "  - {kind: some, label_zh: 某, action_zh: 办, consequence_zh: 无, recognitions: [hnte],\n"
        "     due: {kind: at_expiry, month: 5, day: 31},\n"
        "     provisions: [{id: CN-1, document: law, clause: 一, basis_zh: 无}]}\n",
        encoding="utf-8",
    )
    with pytest.raises(PackError, match="month"):
        load_duty_rules(file)


async def test_18298_a_new_rule_mails_nobody_whose_date_has_passed(office: Office) -> None:
    for days in range(200):
        await _firm_due(office, TODAY + timedelta(days=days), "srdi")
    day = TODAY + timedelta(days=100)
    await office.run(day)
    for rules in (with_duty("srdi_review", "srdi"), with_offsets(365, 300, 250, 40, 20)):
        (before,) = await office.query("SELECT clock_timestamp() AS at")
        office.rules = rules
        await office.run(day)
        told = await office.query("SELECT planned_on, due_on FROM notices WHERE sent_at > :at", at=before["at"])
        assert {row["planned_on"] for row in told} <= {day}
        assert all(row["due_on"] >= day for row in told)


async def test_13648_every_kind_of_record_that_ends_is_reminded_of(office: Office) -> None:
    firm = await _firm_due(office, LATER, "key_laboratory")
    await office.run(LATER - timedelta(days=60))
    assert await office.told(firm.uscc) == [("recognition_expiry", LATER, 60)]


async def test_rules_95_what_is_planned_is_seen_before_it_is_due(
    office: Office, client: httpx.AsyncClient, issuer: TestIssuer
) -> None:
    firm = await _firm_due(office, date(2036, 6, 30))
    query = {"uscc": firm.uscc, "state": "planned"}
    answer = await client.get("/v1/notices", params=query, headers=issuer.headers(Role.CASEWORKER))
    assert len(answer.json()["items"]) == 9
