"""The tables as the code knows them are the tables that the migrations make, and the way back is clear."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.enterprise.db.tables import SCOPED_TABLES, metadata
from shared.db.engine import driver_url
from shared.db.migrate import downgrade, upgrade
from tests.databases import ServiceDatabase

_ABOUT_COLUMNS = {"add_table", "add_column", "remove_column", "modify_type", "modify_nullable"}
"""Indexes and constraints are written in the migration only; the backbone's tables have a test of their own."""


def test_every_column_is_the_one_the_migration_made(database: ServiceDatabase) -> None:
    engine = sa.create_engine(driver_url(database.owner_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        flat = [
            entry
            for found in compare_metadata(context, metadata)
            for entry in (found if isinstance(found, list) else [found])
        ]
    engine.dispose()
    wrong = [entry for entry in flat if entry[0] in _ABOUT_COLUMNS and "search_text" not in str(entry)]
    assert not wrong


def test_every_table_about_an_enterprise_is_under_row_level_security(database: ServiceDatabase) -> None:
    with psycopg.connect(database.owner_url) as connection:
        rows = connection.execute(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity AND relkind = 'r'"
        ).fetchall()
        scoped = connection.execute(
            "SELECT table_name FROM information_schema.columns WHERE column_name = 'region_code'"
            " AND table_schema = 'public'"
        ).fetchall()
    protected = {name for (name,) in rows}
    assert {name for (name,) in scoped} <= protected
    assert protected == {"enterprises", *SCOPED_TABLES, "imports", "import_files", "import_rows"}


def test_without_a_scope_nothing_is_seen_and_a_reading_transaction_writes_nothing(database: ServiceDatabase) -> None:
    with psycopg.connect(database.worker_url) as connection:
        connection.execute(
            "INSERT INTO enterprises (uscc, version, name, entity_kind, is_candidate, region_code, said_rung)"
            " VALUES ('91530921219520246C', 1, '示例', 'enterprise', true, '530921', 'micro_small')"
        )
    with psycopg.connect(database.app_url) as connection:
        counts = [connection.execute(f"SELECT count(*) FROM {table}").fetchone() for table in ("enterprises", "moves")]
        assert counts == [(0,), (0,)]
        assert connection.execute("SELECT search_enterprises('%示例%', 10)").fetchall() == []
        connection.execute("SELECT set_config('app.regions', '530921', true)")
        assert connection.execute("SELECT search_enterprises('%示例%', 10)").fetchall() == [("91530921219520246C",)]
        assert connection.execute("UPDATE enterprises SET name = '改'").rowcount == 0


def test_the_migrations_lead_back_to_an_empty_database(make_database: Callable[[str], ServiceDatabase]) -> None:
    database = make_database("enterprise")
    downgrade("enterprise", database.owner_url, "base")
    left = (
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S', 'v')"
        " AND relname <> 'alembic_version'"
    )
    with psycopg.connect(database.owner_url) as connection:
        assert connection.execute(left).fetchall() == []
    upgrade("enterprise", database.owner_url)
