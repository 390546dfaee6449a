"""The database refuses by itself: other regions, changed audit rows, weak roles, writes that were not asked for."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Iterator

import psycopg
import pytest
import sqlalchemy as sa
from psycopg.conninfo import make_conninfo
from sqlalchemy.exc import DBAPIError

from shared.db import ddl
from shared.db.audit import record_change
from shared.db.engine import Database
from shared.db.provision import provision, role_names
from shared.db.rls import scoped_table_sql
from shared.kernel.roles import Principal, Role, Scope
from tests.backend import Backend
from tests.databases import PASSWORD, ServiceDatabase, address

INSERT = sa.text("INSERT INTO things (uscc, region_code, park_code) VALUES (:uscc, :region, :park)")
COUNT = sa.text("SELECT count(*) FROM things")


def _person(**scope: object) -> Principal:
    return Principal("u", "p", "n", frozenset({Role.CASEWORKER}), Scope(**scope))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def urls(backend: Backend) -> Iterator[ServiceDatabase]:
    service = f"scope{secrets.token_hex(3)}"
    for _ in range(2):  # provisioning again does no harm
        provision(backend.admin_url, [service], dict.fromkeys(role_names(service), PASSWORD))
    database = f"tidu_{service}"
    reached = {
        f"{kind}_url": address(backend.admin_url, database, f"{service}_{kind}") for kind in ("owner", "app", "worker")
    }
    with psycopg.connect(reached["owner_url"]) as connection:
        ddl.create_v1(connection.execute)  # type: ignore[arg-type]
        connection.execute("CREATE TABLE things (uscc text, region_code text, park_code text)")
        for statement in scoped_table_sql("things"):
            connection.execute(statement)
        rows = [("A", "530902", None), ("B", "530902", "P1"), ("C", "530921", None), ("D", "530402", "P1")]
        connection.cursor().executemany("INSERT INTO things VALUES (%s, %s, %s)", rows)
    yield ServiceDatabase(name=database, admin_url=address(backend.admin_url, database), **reached)
    with psycopg.connect(backend.admin_url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {database} WITH (FORCE)")


@pytest.fixture
async def database(urls: ServiceDatabase) -> AsyncIterator[Database]:
    database = Database(urls.app_url)
    yield database
    await database.dispose()


@pytest.mark.parametrize(
    ("scope", "count"),
    [
        ({}, 0),
        ({"everything": True}, 4),
        ({"regions": ("530902",)}, 2),
        ({"regions": ("530902", "530921")}, 3),
        ({"regions": ("530902",), "park_code": "P1"}, 1),
        ({"regions": ("530902",), "park_code": "P9"}, 0),
        ({"usccs": ("C",)}, 1),
        ({"regions": ("",)}, 0),
    ],
    ids=repr,
)
async def test_a_principal_sees_the_rows_of_its_scope(database: Database, scope: dict[str, object], count: int) -> None:
    async with database.transaction(_person(**scope), writes=False) as session:
        assert await session.scalar(COUNT) == count


async def test_a_transaction_that_did_not_ask_to_write_cannot(database: Database) -> None:
    with pytest.raises(DBAPIError, match="row-level security"):
        async with database.transaction(_person(everything=True), writes=False) as session:
            await session.execute(INSERT, {"uscc": "E", "region": "530902", "park": None})
    async with database.transaction(_person(everything=True), writes=False) as session:
        changed = await session.execute(sa.text("UPDATE things SET park_code = 'X'"))
        assert changed.rowcount == 0  # type: ignore[attr-defined]


async def test_a_row_cannot_be_moved_out_of_the_scope(database: Database) -> None:
    with pytest.raises(DBAPIError, match="row-level security"):
        async with database.transaction(_person(regions=("530902",))) as session:
            await session.execute(sa.text("UPDATE things SET region_code = '530402' WHERE uscc = 'A'"))


async def test_the_worker_sees_all_rows(urls: ServiceDatabase) -> None:
    worker = Database(urls.worker_url)
    async with worker.transaction() as session:
        assert await session.scalar(COUNT) == 4
    await worker.dispose()


@pytest.mark.parametrize("statement", ["UPDATE audit_entries SET reason = 'x'", "DELETE FROM audit_entries"])
async def test_audit_rows_are_never_changed_not_even_by_their_owner(
    urls: ServiceDatabase, database: Database, statement: str
) -> None:
    async with database.transaction(_person(everything=True)) as session:
        await record_change(session, action="a", aggregate="b", aggregate_id="c", before={"x": 1}, after=None)
    for url in (urls.app_url, urls.worker_url, urls.owner_url, urls.admin_url):
        with psycopg.connect(url) as connection, pytest.raises(psycopg.Error):
            connection.execute(statement)


async def test_an_undone_change_leaves_no_audit_row(database: Database) -> None:
    with pytest.raises(RuntimeError):
        async with database.transaction(_person(everything=True)) as session:
            await record_change(session, action="undone", aggregate="b", aggregate_id="undone")
            raise RuntimeError
    async with database.transaction(_person(everything=True)) as session:
        query = sa.text("SELECT count(*) FROM audit_entries WHERE aggregate_id = 'undone'")
        assert await session.scalar(query) == 0


def test_no_service_role_is_above_the_rules(backend: Backend) -> None:
    with psycopg.connect(backend.admin_url) as connection:
        rows = connection.execute(
            "SELECT rolname FROM pg_roles WHERE rolname ~ '_(owner|app|worker)$|^tidu_'"
            " AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)"
        ).fetchall()
    assert rows == []


def test_a_wrong_password_is_refused(urls: ServiceDatabase) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(make_conninfo(urls.app_url, password="wrong"))


def test_chinese_is_searched_by_trigrams(urls: ServiceDatabase) -> None:
    with psycopg.connect(urls.admin_url) as connection:
        (trigrams,) = connection.execute("SELECT show_trgm('临沧科技')").fetchone() or ([],)
    assert trigrams
