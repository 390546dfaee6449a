"""Hot reads: one statement that sees exactly its scope, leaves nothing behind, and joins a transaction begun."""

from __future__ import annotations

import asyncio
from itertools import islice

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from shared.db.driver import run
from shared.db.engine import Database
from shared.db.idempotency import claim_key
from shared.db.reading import fetch_rows
from shared.kernel.roles import SYSTEM, Principal, Role, Scope
from tests.databases import ServiceDatabase
from tests.shared.db.test_database import INSERT, database, urls

__all__ = ["database", "urls"]

NAMES = sa.text("SELECT uscc FROM things WHERE uscc LIKE :pattern ORDER BY uscc DESC LIMIT :most")
ALL = {"pattern": "%", "most": 10}


def _person(**scope: object) -> Principal:
    return Principal("u", "p", "n", frozenset({Role.CASEWORKER}), Scope(**scope))  # type: ignore[arg-type]


async def _read(
    database: Database, principal: Principal, statement: sa.TextClause = NAMES, **parameters: object
) -> str:
    async with database.transaction(principal, writes=False) as session:
        rows = await fetch_rows(session, statement, parameters)
        assert not session.in_transaction()
    return "".join(str(row[0]) for row in rows)


@pytest.mark.parametrize(
    ("scope", "seen"),
    [
        ({}, ""),
        ({"everything": True}, "DCBA"),
        ({"regions": ("530902",)}, "BA"),
        ({"regions": ("530902",), "park_code": "P1"}, "B"),
        ({"regions": ("530902",), "usccs": ("C",)}, "CBA"),
        ({"usccs": ("C",)}, "C"),
    ],
    ids=repr,
)
async def test_a_hot_read_sees_its_scope_in_order(database: Database, scope: dict[str, object], seen: str) -> None:
    assert await _read(database, _person(**scope), **ALL) == seen


async def test_scopes_never_mix_on_shared_connections(database: Database) -> None:
    scopes = {"DCBA": _person(everything=True), "BA": _person(regions=("530902",)), "": _person()}
    asked = list(islice((pair for _ in range(60) for pair in scopes.items()), 160))
    answers = await asyncio.gather(*(_read(database, principal, **ALL) for _, principal in asked))
    assert answers == [seen for seen, _ in asked]


async def test_a_hot_read_leaves_no_scope_behind(database: Database) -> None:
    async with database.transaction(_person(everything=True), writes=False) as session:
        pool = session.info["read_pool"]
        assert await fetch_rows(session, NAMES, {"pattern": "A", "most": 1}) == [("A",)]
    async with pool.connection() as connection:
        cursor = await connection.execute("SELECT current_setting('app.all', true)")
        assert (await cursor.fetchone())[0] in (None, "")
        assert await (await connection.execute("SELECT uscc FROM things")).fetchall() == []


async def test_a_hot_read_cannot_write(database: Database) -> None:
    sneaky = sa.text("WITH gone AS (DELETE FROM things RETURNING uscc) SELECT uscc FROM gone")
    with pytest.raises(DBAPIError):
        await _read(database, _person(everything=True), sneaky)


async def test_a_hot_read_after_a_change_sees_the_change(database: Database) -> None:
    with pytest.raises(RuntimeError):
        async with database.transaction(_person(everything=True)) as session:
            await session.execute(INSERT, {"uscc": "Z", "region": "530902", "park": None})
            assert await fetch_rows(session, NAMES, {"pattern": "Z", "most": 10}) == [("Z",)]
            raise RuntimeError
    assert await _read(database, _person(everything=True), pattern="Z", most=10) == ""


async def test_the_system_reads_without_a_scope(urls: ServiceDatabase) -> None:
    worker = Database(urls.worker_url)
    assert await _read(worker, SYSTEM, **ALL) == "DCBA"
    await worker.dispose()


async def test_a_statement_given_to_the_driver_begins_the_scoped_transaction(database: Database) -> None:
    async with database.transaction(_person(regions=("530921",)), writes=False) as session:
        assert await run(session, NAMES, ALL) == [("C",)]
        assert session.in_transaction()


@pytest.mark.parametrize("region", ["530921", "530402"])
async def test_claiming_a_key_sets_the_scope_of_its_transaction(database: Database, region: str) -> None:
    async def claim_and_write() -> None:
        async with database.transaction(_person(regions=("530921",))) as session:
            assert await claim_key(session, "u", f"key-{region}", b"hash") is None
            assert await run(session, NAMES, ALL) == [("C",)]
            await session.execute(INSERT, {"uscc": "Y", "region": region, "park": None})
            raise RuntimeError("undone")

    with pytest.raises(RuntimeError if region == "530921" else DBAPIError):
        await claim_and_write()


async def test_errors_are_those_of_sqlalchemy(database: Database) -> None:
    twice = sa.text("INSERT INTO specialist_access (login, uscc) VALUES ('l', 'u'), ('l', 'u')")
    with pytest.raises(IntegrityError):
        async with database.transaction(_person(everything=True)) as session:
            await run(session, twice, {})
    with pytest.raises(DBAPIError, match="nowhere"):
        await _read(database, _person(), sa.text("SELECT 1 FROM nowhere"))


async def test_a_second_transaction_never_uses_the_first_ones_connection(database: Database) -> None:
    who = sa.text("SELECT pg_backend_pid()")
    async with database.transaction(_person(), writes=False) as session:
        await run(session, who, {})
        await session.rollback()
        async with database.transaction(_person(), writes=False) as rival:
            await run(rival, who, {})  # takes the connection that was given back
            own = await session.scalar(who)
            assert await run(session, who, {}) == [(own,)]
            assert await run(rival, who, {}) != [(own,)]


async def test_reading_goes_on_after_the_server_ended_its_connections(
    database: Database, urls: ServiceDatabase
) -> None:
    everything = _person(everything=True)
    await asyncio.gather(*(_read(database, everything, **ALL) for _ in range(4)))
    with psycopg.connect(urls.admin_url, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    with pytest.raises(DBAPIError):
        await _read(database, everything, **ALL)
    assert await _read(database, everything, **ALL) == "DCBA"
