"""Statements of hot paths go to the driver directly: plain tuples back, none of the layers that build rich results."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import AsyncCursor
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

Rows = list[tuple[Any, ...]]


async def run(session: AsyncSession, statement: sa.TextClause, parameters: Mapping[str, Any]) -> Rows:
    """Run the next statement of the session's transaction, and return its rows (none where it returns none).

    Errors are SQLAlchemy's, as everywhere. Objects added to the session are not flushed first.
    """
    if not session.in_transaction():
        await session.connection()
    return await execute(session.info["cursor"], driver_text(statement), parameters)


async def execute(cursor: AsyncCursor[Any], query: bytes, parameters: Mapping[str, Any]) -> Rows:
    """Run a statement on the driver's cursor; what goes wrong is raised as if SQLAlchemy had run it."""
    try:
        await cursor.execute(query, parameters)
        return [] if cursor.rownumber is None else await cursor.fetchall()
    except psycopg.Error as error:
        text, is_lost = query.decode(), cursor.connection.closed
        raise DBAPIError.instance(
            text, None, error, psycopg.Error, hide_parameters=True, connection_invalidated=is_lost
        ) from error


@cache
def driver_text(statement: sa.TextClause) -> bytes:
    """Return a statement with the driver's own kind of parameters."""
    dialect = postgresql.dialect(paramstyle="pyformat")  # type: ignore[no-untyped-call]
    return str(statement.compile(dialect=dialect)).encode()
