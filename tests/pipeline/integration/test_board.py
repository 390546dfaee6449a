"""The board in the database: any script of changes, folds and days, and every day agrees with a recount."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from services.pipeline.db import board_repository
from services.pipeline.domain.board import Cell, changes_between, contribution_of
from services.pipeline.usecases.fold_board import fold_board
from shared.db.engine import Database
from shared.kernel.roles import Principal, Role, Scope
from tests.databases import ServiceDatabase

START = date(2024, 1, 1)
days = st.integers(0, 1100).map(lambda n: START + timedelta(days=n))
cells = st.builds(
    Cell,
    st.sampled_from(["micro_small", "hnte"]),
    st.sampled_from(["none", "enrolled"]),
    st.sampled_from(["530902", "530921"]),
    st.sampled_from(["", "P"]),
    st.booleans(),
)
changes = st.dictionaries(st.tuples(days, cells), st.sampled_from([-2, -1, 1, 3]), min_size=1, max_size=6)
script = st.lists(st.one_of(changes, days), max_size=12)


@pytest.fixture(scope="module")
def database(make_database: Callable[[str], ServiceDatabase]) -> ServiceDatabase:
    return make_database("pipeline")


def clear(database: ServiceDatabase) -> None:
    with psycopg.connect(database.admin_url, autocommit=True) as connection:
        for table in ("board_deltas", "board_days", "board_marks"):
            connection.execute(f"DELETE FROM {table}")


async def play(url: str, steps: list[Any], asked: list[date]) -> list[tuple[Counter[Cell], Counter[Cell]]]:
    """Append changes, fold on days, then read boards; returns (kept, recounted) for each day asked."""
    worker = Database(url, pool_size=1)
    written: Counter[tuple[date, Cell]] = Counter()
    try:
        for step in steps:
            async with worker.transaction() as session:
                if isinstance(step, date):
                    await fold_board(session, today=step)
                else:
                    await board_repository.append_changes(session, step)
                    written.update(step)
        async with worker.transaction() as session:
            return [(await kept_on(session, day), recount(written, day)) for day in asked]
    finally:
        await worker.dispose()


async def kept_on(session: AsyncSession, day: date) -> Counter[Cell]:
    rows = await board_repository.read_board(session, day, region_codes=None, park_code=None)
    return Counter({Cell(*(row[name] for name in Cell._fields)): row["count"] for row in rows})


def recount(written: Counter[tuple[date, Cell]], day: date) -> Counter[Cell]:
    total: Counter[Cell] = Counter()
    for (when, cell), net in written.items():
        if when <= day:
            total[cell] += net
    return Counter({cell: net for cell, net in total.items() if net})


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=script, asked=st.lists(days, min_size=1, max_size=4))
def test_every_day_agrees_with_a_recount_whatever_was_folded_when(
    database: ServiceDatabase, steps: list[Any], asked: list[date]
) -> None:
    clear(database)
    results = asyncio.run(play(database.worker_url, steps, [*asked, START, date(2026, 12, 31)]))
    assert all(kept == counted for kept, counted in results)


def fill(database: ServiceDatabase, enterprises: int) -> None:
    """Let so many enterprises have entered the board over forty years."""
    with psycopg.connect(database.admin_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO board_days"
            " SELECT date '1985-01-01' + mod(n, 15000), '530902', 'P' || mod(n, 7), 'hnte', 'none', true, 1"
            " FROM generate_series(1, %s) n ON CONFLICT DO NOTHING",
            (enterprises,),
        )
        connection.execute("ANALYZE board_days")


async def rows_read(database: ServiceDatabase, as_of: date, regions: list[str] | None) -> dict[str, int]:
    """Explain the board as a caseworker asks it; returns how many rows each table gave or threw away."""
    api = Database(database.app_url, pool_size=1)
    caseworker = Principal("c", "c", "c", frozenset({Role.CASEWORKER}), Scope(regions=("530902",)))
    statement = board_repository.board_statement(as_of, region_codes=regions, park_code=None)
    text = str(statement.compile(dialect=api.engine.dialect, compile_kwargs={"literal_binds": True}))
    async with api.transaction(caseworker, writes=False) as session:
        plan = await session.scalar(sa.text(f"EXPLAIN (ANALYZE, FORMAT JSON) {text}".replace(":", r"\:")))
    await api.dispose()
    found: Counter[str] = Counter()
    waiting = [plan[0]["Plan"]]
    while waiting:
        node = waiting.pop()
        waiting += node.get("Plans", [])
        found[node.get("Relation Name", "")] += int(node["Actual Rows"]) + int(node.get("Rows Removed by Filter", 0))
    return dict(found)


@pytest.mark.parametrize("regions", [None, ["530902"]])
async def test_a_board_reads_as_many_rows_however_many_enterprises_there_are(
    database: ServiceDatabase, regions: list[str] | None
) -> None:
    today = date(2026, 11, 21)
    read = []
    for enterprises in (20_000, 200_000):
        clear(database)
        fill(database, enterprises)
        worker = Database(database.worker_url, pool_size=1)
        async with worker.transaction() as session:
            await board_repository.drop_marks(session, await board_repository.list_mark_days(session))
            await fold_board(session, today=today)
        await worker.dispose()
        read.append(await rows_read(database, today, regions))
    assert read[0]["board_marks"] == read[1]["board_marks"] == 7
    assert read[0]["board_days"] == read[1]["board_days"] == 0


async def test_a_committee_and_a_caseworker_read_only_their_cells(database: ServiceDatabase) -> None:
    clear(database)
    today = date(2026, 11, 21)
    worker, api = Database(database.worker_url, pool_size=1), Database(database.app_url, pool_size=1)
    places = [("530902", ""), ("530902", "P"), ("530921", "P"), ("530402", "P")]
    steps = [Cell("micro_small", "none", region, park, True) for region, park in places]
    for day in (date(2026, 11, 1), date(2026, 11, 20)):
        async with worker.transaction() as session:
            await board_repository.append_changes(session, {(day, cell): 1 for cell in steps})
            await fold_board(session, today=day)
    scopes = {
        "caseworker": Scope(regions=("530902", "530921")),
        "committee": Scope(regions=("530902",), park_code="P"),
        "nobody": Scope(),
    }
    seen = {}
    for name, scope in scopes.items():
        asker = Principal(name, name, name, frozenset({Role.CASEWORKER}), scope)
        async with api.transaction(asker, writes=False) as session:
            seen[name] = sorted((cell.region_code, cell.park_code) for cell in await kept_on(session, today))
    assert seen == {
        "caseworker": [("530902", ""), ("530902", "P"), ("530921", "P")],
        "committee": [("530902", "P")],
        "nobody": [],
    }
    await worker.dispose()
    await api.dispose()


def test_no_steps_contribute_nothing() -> None:
    assert not contribution_of(())
    assert not changes_between((), ())
