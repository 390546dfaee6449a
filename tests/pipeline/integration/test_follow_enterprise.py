"""The copy of enterprises follows the registry: twice, out of order, across counties."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.pipeline.usecases.admit_enterprise import AdmitEnterprise, admit_enterprise
from services.pipeline.usecases.review_enterprises import request_reviews, review_due
from services.pipeline.usecases.verify_board import verify_board
from shared.db.engine import Database
from shared.kernel.roles import SYSTEM
from tests.pipeline.application import pools
from tests.pipeline.facts import TODAY, Firm, recognition

Hear = Callable[..., Awaitable[None]]
Query = Callable[..., Awaitable[list[dict[str, Any]]]]


async def admit(worker: Database, firm: Firm, admitted_on: date = TODAY) -> None:
    async with worker.transaction() as session:
        wish = AdmitEnterprise(uscc=firm.uscc, admitted_on=admitted_on)
        await admit_enterprise(session, wish, pools=pools(), today=TODAY, by=SYSTEM)


async def holds(worker: Database) -> bool:
    async with worker.transaction() as session:
        return (await verify_board(session)).holds


async def test_events_heard_twice_and_out_of_order_leave_the_newest_state(
    hear: Hear, query: Query, worker: Database
) -> None:
    firm = Firm(101)
    events = [firm.registered(), firm.scaled(), firm.granted()]
    await hear(events[0], events[2], events[1], events[0], events[2])
    rows = await query("SELECT version, rung FROM enterprises WHERE uscc = :uscc", uscc=firm.uscc)
    assert rows == [{"version": 3, "rung": "hnte"}]
    assert await holds(worker)


async def test_a_recognition_graduates_the_member_by_itself_and_says_so_once(
    hear: Hear, query: Query, worker: Database
) -> None:
    firm = Firm(102)
    await hear(firm.registered())
    await admit(worker, firm, date(2026, 9, 1))
    granted = firm.granted(recognition(issued_on=date(2026, 10, 15)))
    await hear(granted, granted)
    rows = await query("SELECT state, ended_on, version FROM memberships WHERE uscc = :uscc", uscc=firm.uscc)
    assert rows == [{"state": "graduated", "ended_on": date(2026, 10, 15), "version": 2}]
    said = await query("SELECT type, agg_version FROM outbox WHERE key = :uscc ORDER BY id", uscc=firm.uscc)
    assert [row["type"] for row in said] == ["pipeline.membership_admitted.v1", "pipeline.membership_graduated.v1"]
    assert [row["agg_version"] for row in said] == [1, 2]
    audits = await query("SELECT subject FROM audit_entries WHERE action = 'membership.graduated'")
    assert {"subject": "system"} in audits
    assert await holds(worker)


async def test_the_records_of_an_enterprise_move_along_and_the_past_stays_where_it_was(
    hear: Hear, query: Query, worker: Database
) -> None:
    firm = Firm(103, "530902", park_code="530900-park-1")
    await hear(firm.registered())
    await admit(worker, firm, date(2026, 2, 1))
    await hear(firm.moved("530921", "530900-park-4", on=date(2026, 6, 1)), firm.updated(name="改名企业"))
    rows = await query("SELECT region_code, park_code, name FROM memberships WHERE uscc = :uscc", uscc=firm.uscc)
    assert rows == [{"region_code": "530921", "park_code": "530900-park-4", "name": "改名企业"}]
    steps = await query("SELECT steps FROM enterprises WHERE uscc = :uscc", uscc=firm.uscc)
    assert [(step[0], step[2], step[3]) for step in steps[0]["steps"]] == [
        ("2015-03-12", "none", "530902"),
        ("2026-02-01", "enrolled", "530902"),
        ("2026-06-01", "enrolled", "530921"),
    ]
    assert await holds(worker)


async def test_an_enterprise_without_a_registration_day_enters_when_it_is_first_heard_of(
    hear: Hear, query: Query
) -> None:
    firm = Firm(104, registered_on=None)
    await hear(firm.registered())
    steps = await query("SELECT steps FROM enterprises WHERE uscc = :uscc", uscc=firm.uscc)
    assert steps[0]["steps"][0][0] == "2026-11-20"


async def test_what_only_the_passing_of_days_changes_is_reviewed_once_due(
    hear: Hear, query: Query, worker: Database
) -> None:
    firm = Firm(105, "530402")
    await hear(firm.registered(), firm.granted(recognition(issued_on=date(2024, 1, 1))))
    look = "SELECT jsonb_array_length(doors) AS doors, review_on FROM enterprises WHERE uscc = :uscc"
    assert await query(look, uscc=firm.uscc) == [{"doors": 0, "review_on": date(2027, 1, 1)}]
    reviewed = []
    for _ in range(2):
        async with worker.transaction() as session:
            reviewed.append(await review_due(session, pools=pools(), today=date(2027, 1, 1), most=10))
    assert reviewed[1] == 0
    assert await query(look, uscc=firm.uscc) == [{"doors": 1, "review_on": None}]


async def test_a_certificate_that_begins_on_a_day_to_come_graduates_on_that_day(
    hear: Hear, query: Query, worker: Database
) -> None:
    firm = Firm(106)
    await hear(firm.registered())
    await admit(worker, firm)
    await hear(firm.granted(recognition(issued_on=date(2026, 12, 1))))
    state = "SELECT state FROM memberships WHERE uscc = :uscc"
    assert await query(state, uscc=firm.uscc) == [{"state": "enrolled"}]
    async with worker.transaction() as session:
        await review_due(session, pools=pools(), today=date(2026, 12, 1), most=50)
    assert await query(state, uscc=firm.uscc) == [{"state": "graduated"}]
    assert await holds(worker)


async def test_a_changed_pool_file_has_its_enterprises_reviewed_once(
    hear: Hear, query: Query, worker: Database
) -> None:
    here, elsewhere = Firm(107, "530402"), Firm(108, "530902")
    await hear(here.registered(), elsewhere.registered())
    library = pools()
    changed = [replace(p, content_hash="sha256:new") if p.jurisdiction == "530400" else p for p in library.packs]
    asked = []
    for known in (library, library, replace(library, packs=tuple(changed))):
        async with worker.transaction() as session:
            asked.append(len(await request_reviews(session, pools=known, today=TODAY)))
            if len(asked) < 3:
                await review_due(session, pools=known, today=TODAY, most=1000)
    assert asked == [len(library.packs) + 1, 0, 1]
    due = "SELECT uscc FROM enterprises WHERE review_on = :today AND uscc = ANY(:usccs)"
    assert await query(due, today=TODAY, usccs=[here.uscc, elsewhere.uscc]) == [{"uscc": here.uscc}]


@pytest.mark.parametrize("statement", ["INSERT INTO enterprises", "DELETE FROM enterprises"])
async def test_the_api_cannot_touch_the_facts_it_was_told(query: Query, statement: str) -> None:
    privilege = statement.split()[0]
    rows = await query("SELECT has_table_privilege('tidu_app', 'enterprises', :privilege) AS may", privilege=privilege)
    assert rows == [{"may": False}]
