"""Hot reads: the asker's scope, the query and the transaction in one statement, which is one round trip."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import sqlalchemy as sa
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.driver import Rows, driver_text, execute, run
from shared.db.scope import SCOPE_SETTINGS, scope_settings
from shared.kernel.roles import SYSTEM, Principal

ReadPool = AsyncConnectionPool[AsyncConnection[tuple[Any, ...]]]

# The query hangs on the one row of `scope` by its LIMIT, so PostgreSQL evaluates that row, and with it the settings,
# before it looks at any table. Were the order ever another one, row-level security would show nothing at all. The
# settings last for the statement, which is a transaction of its own.
_SCOPED = """SELECT answer.* FROM (
    SELECT {settings}, 1000000 AS most OFFSET 0) AS scope,
LATERAL (SELECT * FROM ({query}) AS query LIMIT scope.most) AS answer"""


async def fetch_rows(session: AsyncSession, statement: sa.TextClause, parameters: Mapping[str, Any]) -> Rows:
    """Return the rows of one SELECT, as the session's principal sees them.

    In a transaction that has begun it is the next statement; else it is one by itself, and the session stays unbegun.
    """
    if session.in_transaction():
        return await run(session, statement, parameters)
    principal: Principal = session.info["principal"]
    if principal is SYSTEM:
        return await _fetch(session.info["read_pool"], driver_text(statement), parameters)
    scope = scope_settings(principal, writes=False)
    return await _fetch(session.info["read_pool"], _scoped_text(statement), {**parameters, **scope})


async def _fetch(pool: ReadPool, query: bytes, parameters: Mapping[str, Any]) -> Rows:
    if pool.closed:
        await pool.open()
    try:
        async with pool.connection() as connection:
            return await execute(connection.cursor(), query, parameters)
    except PoolTimeout as error:
        raise NoConnection("no connection became free") from error
    except DBAPIError as error:
        if error.connection_invalidated:  # the server went away: the other connections are of no use either
            await pool.check()
        raise


def read_pool(url: str, *, size: int, options: Mapping[str, Any]) -> ReadPool:
    """Return a pool whose connections prepare at once and make each statement a transaction; opened at first use."""
    settings = {**options, "autocommit": True, "prepare_threshold": 0}
    return AsyncConnectionPool(url, min_size=0, max_size=size, kwargs=settings, open=False, timeout=3)


@cache
def _scoped_text(statement: sa.TextClause) -> bytes:
    return driver_text(sa.text(_SCOPED.format(settings=SCOPE_SETTINGS, query=statement.text)))
