"""The database itself refuses what must never be, and its tables are those of the code."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.exc import DBAPIError

from services.pipeline.db.tables import metadata
from services.pipeline.usecases.admit_enterprise import AdmitEnterprise, admit_enterprise
from shared.db.engine import Database, driver_url
from shared.db.migrate import downgrade, upgrade
from shared.kernel.roles import SYSTEM
from tests.databases import ServiceDatabase
from tests.pipeline.application import pools
from tests.pipeline.facts import TODAY, Firm

Query = Callable[..., Awaitable[list[dict[str, Any]]]]


@pytest.fixture(scope="module")
async def stay(hear: Callable[..., Awaitable[None]], worker: Database) -> str:
    firm = Firm(801)
    await hear(firm.registered())
    async with worker.transaction() as session:
        wish = AdmitEnterprise(uscc=firm.uscc)
        return str((await admit_enterprise(session, wish, pools=pools(), today=TODAY, by=SYSTEM)).id)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("state = 'graduated'", "ck_memberships_ended"),
        ("state = 'lost', ended_on = '2026-11-21', ended_by = 'x', reason = 'x'", "ck_memberships_state"),
        ("state = 'removed', ended_on = '2026-11-21'", "ck_memberships_ended_whole"),
        ("state = 'removed', ended_on = '2020-01-01', ended_by = 'x', reason = 'x'", "ck_memberships_ended_on"),
        ("entry_number = 0", "ck_memberships_entry_number"),
    ],
)
async def test_the_database_refuses_impossible_stays(query: Query, stay: str, change: str, constraint: str) -> None:
    with pytest.raises(DBAPIError, match=constraint):
        await query(f"UPDATE memberships SET {change} WHERE id = :id RETURNING id", id=stay)


async def test_the_database_refuses_stays_that_overlap(query: Query, stay: str) -> None:
    kept = "uscc, name, region_code, jurisdiction, pool, door, state, admitted_on, admitted_by, snapshot"
    statement = (
        f"INSERT INTO memberships ({kept}, entry_number) SELECT {kept}, entry_number + 1"
        " FROM memberships WHERE id = :id RETURNING id"
    )
    with pytest.raises(DBAPIError, match=r"uq_memberships_enrolled|ex_memberships_one_at_a_time"):
        await query(statement, id=stay)


async def test_a_specialist_who_serves_more_than_agreed_cannot_be_written(query: Query) -> None:
    with pytest.raises(DBAPIError, match="ck_specialists_served_count"):
        await query(
            "INSERT INTO specialists (name, kind, home_unit, region_code, capacity, served_count)"
            " VALUES ('甲', 'third_party', '乙', '530902', 1, 2) RETURNING id"
        )


async def test_every_table_with_a_division_is_under_row_level_security(query: Query) -> None:
    rows = await query(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'region_code'"
        " WHERE c.relkind = 'r' AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"
    )
    assert rows == []


@pytest.mark.parametrize(
    ("table", "privilege"),
    [
        ("memberships", "DELETE"),
        ("assignments", "DELETE"),
        ("visits", "UPDATE"),
        ("specialist_grades", "UPDATE"),
        ("board_days", "INSERT"),
        ("board_marks", "UPDATE"),
        ("board_deltas", "DELETE"),
    ],
)
async def test_the_api_cannot_rewrite_history_or_the_board(query: Query, table: str, privilege: str) -> None:
    rows = await query("SELECT has_table_privilege('tidu_app', :table, :right) AS may", table=table, right=privilege)
    assert rows == [{"may": False}]


def test_the_tables_in_code_are_the_tables_in_the_database(service_database: ServiceDatabase) -> None:
    engine = sa.create_engine(driver_url(service_database.admin_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": _is_ours, "compare_type": _compare_type})
        found = [change for change in compare_metadata(context, metadata) if not _only_in_the_database(change)]
    engine.dispose()
    assert found == []


def _is_ours(name: str | None, kind: str, _: object) -> bool:
    return kind != "table" or name in metadata.tables


def _compare_type(context: object, inspected: object, column: object, found: object, wanted: object) -> bool | None:
    """Text of any length, and enums with a CHECK, are text in the database."""
    return not isinstance(found, sa.Text) if isinstance(getattr(wanted, "impl", wanted), sa.String) else None


def _only_in_the_database(change: Any) -> bool:
    """Indexes and constraints are written in the migration alone; so are uniqueness and foreign keys."""
    return isinstance(change, tuple) and change[0] in ("remove_index", "remove_constraint", "remove_fk")


def test_the_migration_can_be_taken_back_and_made_again(make_database: Callable[[str], ServiceDatabase]) -> None:
    database = make_database("pipeline")
    downgrade("pipeline", database.owner_url, "base")
    upgrade("pipeline", database.owner_url)
