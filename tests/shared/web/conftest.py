"""A toy service on a real database."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Iterator

import httpx
import psycopg
import pytest

from shared.db import ddl
from shared.db.engine import Database
from shared.db.provision import provision, role_names
from shared.db.rls import scoped_table_sql
from shared.testing.client import client_of
from shared.testing.tokens import TestIssuer
from tests.backend import Backend
from tests.databases import PASSWORD, address
from tests.shared.web.toy import build_toy

_TABLES = (
    "CREATE TABLE things (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, uscc text NOT NULL,"
    " region_code text NOT NULL, park_code text, name text NOT NULL, CONSTRAINT uq_things_uscc UNIQUE (uscc))",
    "CREATE TABLE deferred (id int, CONSTRAINT uq_deferred UNIQUE (id) DEFERRABLE INITIALLY DEFERRED)",
    "GRANT ALL ON deferred TO tidu_app",
    *scoped_table_sql("things"),
)


@pytest.fixture(scope="package")
def toy_url(backend: Backend) -> Iterator[str]:
    service = f"toy{secrets.token_hex(3)}"
    provision(backend.admin_url, [service], dict.fromkeys(role_names(service), PASSWORD))
    with psycopg.connect(address(backend.admin_url, f"tidu_{service}", f"{service}_owner")) as connection:
        ddl.create_v1(connection.execute)  # type: ignore[arg-type]
        for statement in _TABLES:
            connection.execute(statement)
    yield address(backend.admin_url, f"tidu_{service}", f"{service}_app")
    with psycopg.connect(backend.admin_url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE tidu_{service} WITH (FORCE)")


@pytest.fixture
async def database(toy_url: str) -> AsyncIterator[Database]:
    database = Database(toy_url)
    yield database
    await database.dispose()


@pytest.fixture
async def client(database: Database, issuer: TestIssuer) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(build_toy(database, issuer.verifier())) as client:
        yield client
