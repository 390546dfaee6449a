"""The tables as SQLAlchemy knows them are the tables that the migrations create."""

from __future__ import annotations

import sqlalchemy as sa

from shared.db.base import backbone_metadata
from shared.inbox import tables as inbox_tables
from shared.outbox import tables as outbox_tables
from tests.shared.harness import Harness

TABLES = (
    outbox_tables.outbox,
    outbox_tables.stream_head,
    outbox_tables.broker_seen,
    outbox_tables.relay_heartbeat,
    inbox_tables.inbox_head,
    inbox_tables.inbox_event,
    inbox_tables.parked_key,
    inbox_tables.parked_event,
)


async def test_every_table_has_the_columns_that_its_ddl_creates(harness: Harness) -> None:
    def reflect(connection: sa.Connection) -> dict[str, dict[str, tuple[str, bool]]]:
        inspector = sa.inspect(connection)
        return {
            table.name: {
                column["name"]: (str(column["type"]), column["nullable"])
                for column in inspector.get_columns(table.name)
            }
            for table in TABLES
        }

    async with harness.worker.engine.connect() as connection:
        found = await connection.run_sync(reflect)
        dialect = connection.dialect
    expected = {
        table.name: {c.name: (c.type.compile(dialect), bool(c.nullable)) for c in table.columns} for table in TABLES
    }
    assert {name: {c: (t.split("(")[0], n) for c, (t, n) in columns.items()} for name, columns in found.items()} == {
        name: {c: (t.split("(")[0].split(" ")[0], n) for c, (t, n) in columns.items()}
        for name, columns in expected.items()
    }


async def test_primary_keys_and_unique_constraints_agree(harness: Harness) -> None:
    def reflect(connection: sa.Connection) -> dict[str, tuple[set[str], set[tuple[str, ...]]]]:
        inspector = sa.inspect(connection)
        return {
            table.name: (
                set(inspector.get_pk_constraint(table.name)["constrained_columns"]),
                {tuple(unique["column_names"]) for unique in inspector.get_unique_constraints(table.name)},
            )
            for table in TABLES
        }

    async with harness.worker.engine.connect() as connection:
        found = await connection.run_sync(reflect)
    for table in TABLES:
        uniques = {
            tuple(column.name for column in constraint.columns)
            for constraint in table.constraints
            if isinstance(constraint, sa.UniqueConstraint)
        }
        assert found[table.name] == ({column.name for column in table.primary_key}, uniques)


def test_the_backbone_is_in_the_shared_metadata() -> None:
    assert {table.name for table in TABLES} <= set(backbone_metadata.tables)
