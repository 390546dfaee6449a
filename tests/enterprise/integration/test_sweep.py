"""What time makes known is announced once, on its day or after a standstill, whoever sweeps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date

import psycopg

from shared.db.engine import Database
from tests.databases import ServiceDatabase
from tests.enterprise.conftest import Desk, planner_on

Facts = list[tuple[str, int, str | None]]


def said_by_time(database: ServiceDatabase, uscc: str) -> Facts:
    """The lapses and rung changes announced, with version and legal day."""
    statement = (
        "SELECT type, agg_version, coalesce(payload->>'lapsed_on', payload->>'changed_on') FROM outbox"
        " WHERE agg_id = %s AND type IN ('enterprise.recognition_lapsed.v1', 'enterprise.rung_changed.v1') ORDER BY id"
    )
    with psycopg.connect(database.owner_url) as connection:
        return connection.execute(statement, (uscc,)).fetchall()


async def test_a_lapse_is_said_on_its_day_and_not_again(
    make_desk: Callable[[date], Desk], worker_db: Database, database: ServiceDatabase
) -> None:
    desk = make_desk(date(2026, 11, 21))
    uscc = await desk.register()
    await desk.grant(uscc, issued_on="2024-02-29")
    await planner_on(date(2027, 2, 27)).sweep(worker_db)
    assert len(said_by_time(database, uscc)) == 1
    for _ in range(2):
        await planner_on(date(2027, 2, 28)).sweep(worker_db)
    assert said_by_time(database, uscc)[1:] == [
        ("enterprise.recognition_lapsed.v1", 4, "2027-02-28"),
        ("enterprise.rung_changed.v1", 5, "2027-02-28"),
    ]
    assert (await desk.get(f"/v1/enterprises/{uscc}"))["version"] == 5


async def test_after_years_of_standstill_everything_is_said_once_with_its_own_day(
    make_desk: Callable[[date], Desk], worker_db: Database, database: ServiceDatabase
) -> None:
    desk = make_desk(date(2026, 11, 21))
    uscc = await desk.register()
    await desk.grant(uscc, "tech_sme", issued_on="2026-06-01")
    await desk.grant(uscc, issued_on="2024-12-01")
    sweeps = [planner_on(date(2029, 5, 1)).sweep(worker_db) for _ in range(4)]
    await asyncio.gather(*sweeps)
    await planner_on(date(2030, 5, 1)).sweep(worker_db)
    assert [(kind, day) for kind, _, day in said_by_time(database, uscc)] == [
        ("enterprise.rung_changed.v1", "2026-06-01"),
        ("enterprise.rung_changed.v1", "2024-12-01"),
        ("enterprise.recognition_lapsed.v1", "2027-04-01"),
        ("enterprise.recognition_lapsed.v1", "2027-12-01"),
        ("enterprise.rung_changed.v1", "2028-01-01"),
    ]


async def test_a_renewal_recorded_in_time_leaves_nothing_to_say(
    make_desk: Callable[[date], Desk], worker_db: Database, database: ServiceDatabase
) -> None:
    desk = make_desk(date(2026, 11, 21))
    uscc = await desk.register()
    await desk.grant(uscc, issued_on="2023-12-01", certificate_number="GR1")
    await desk.grant(uscc, issued_on="2026-11-20", certificate_number="GR2")
    await planner_on(date(2027, 6, 1)).sweep(worker_db)
    assert len(said_by_time(database, uscc)) == 1


async def test_a_change_after_the_day_says_the_lapse_itself_before_any_sweep(
    make_desk: Callable[[date], Desk], worker_db: Database, database: ServiceDatabase
) -> None:
    uscc = await make_desk(date(2026, 11, 21)).register()
    await make_desk(date(2026, 11, 21)).grant(uscc, issued_on="2023-12-01")
    later = make_desk(date(2026, 12, 5))
    await later.post(
        f"/v1/enterprises/{uscc}/scale", {"above_scale": True, "from_on": "2026-12-01", "source": "统计局"}
    )
    expected = ["enterprise.rung_changed.v1", "enterprise.recognition_lapsed.v1", "enterprise.rung_changed.v1"]
    assert [kind for kind, _, _ in said_by_time(database, uscc)] == expected
    await planner_on(date(2026, 12, 5)).sweep(worker_db)
    assert len(said_by_time(database, uscc)) == 3
