"""The one place where transactions begin and end: scope is set as they begin, the relay is woken after they commit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, cast

import sqlalchemy as sa
from psycopg import AsyncConnection
from sqlalchemy import AdaptedConnection, event
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session, SessionTransaction

from shared.db.driver import driver_text
from shared.db.reading import read_pool
from shared.db.scope import SET_SCOPE, scope_settings
from shared.kernel.roles import SYSTEM, Principal


def driver_url(url: str) -> str:
    """Name psycopg 3 as the driver of a plain postgresql:// address."""
    return "postgresql+psycopg://" + url.split("://", 1)[1]


class Database:
    """A service's database: hands out transactions that know who is asking."""

    def __init__(self, url: str, *, pool_size: int = 8, application_name: str = "tidu") -> None:
        self.url = url
        options = {"application_name": application_name, "connect_timeout": 5, "keepalives_idle": 10}
        self.engine = create_async_engine(
            driver_url(url),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=3,
            hide_parameters=True,
            connect_args=options,
        )
        self._read_pool = read_pool(url, size=pool_size, options=options)
        self.after_announcement: list[Callable[[], None]] = []

    @asynccontextmanager
    async def transaction(self, principal: Principal = SYSTEM, *, writes: bool = True) -> AsyncIterator[AsyncSession]:
        """Give a session whose work is committed at the end, or undone where the block raises.

        Nothing is sent to the server before the first statement. `writes` false makes row-level security refuse writes.
        """
        info = {"principal": principal, "writes": writes, "read_pool": self._read_pool}
        session = AsyncSession(self.engine, expire_on_commit=False, info=info)
        try:
            yield session
            if session.in_transaction():
                await session.commit()
        finally:
            if session.in_transaction():
                await asyncio.shield(session.close())
        if session.info.get("announced"):
            for wake in self.after_announcement:
                wake()

    async def dispose(self) -> None:
        """Close all connections."""
        await self._read_pool.close()
        await self.engine.dispose()


@event.listens_for(Session, "after_begin")
def _set_scope(session: Session, transaction: SessionTransaction, connection: sa.Connection) -> None:
    """Tell the database who is asking, for this transaction only: a pooled connection must not remember."""
    driver = cast(AsyncConnection[Any], connection.connection.driver_connection)
    session.info["cursor"] = cursor = driver.cursor()
    principal: Principal | None = session.info.get("principal")
    if principal is None or principal is SYSTEM or transaction.nested or session.info.pop("scope_follows", False):
        return
    settings = scope_settings(principal, writes=bool(session.info.get("writes")))
    adapted = cast(AdaptedConnection, connection.connection.dbapi_connection)
    adapted.run_async(lambda _: cursor.execute(driver_text(SET_SCOPE), settings))


async def fetch_all(session: AsyncSession, statement: sa.Executable, **parameters: Any) -> list[dict[str, Any]]:
    """Run a read and return plain dictionaries, for hot paths that need no entities."""
    result = await session.execute(statement, parameters)
    return [dict(row) for row in result.mappings()]
