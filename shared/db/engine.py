"""The one place where transactions begin and end: scope is set as they begin, the relay is woken after they commit."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session, SessionTransaction

from shared.kernel.roles import SYSTEM, Principal

SET_SCOPE = sa.text(
    "SELECT set_config('app.all', :everything, true), set_config('app.regions', :regions, true),"
    " set_config('app.park', :park, true), set_config('app.usccs', :usccs, true),"
    " set_config('app.writes', :writes, true)"
)


def driver_url(url: str) -> str:
    """Name psycopg 3 as the driver of a plain postgresql:// address."""
    return "postgresql+psycopg://" + url.split("://", 1)[1]


class Database:
    """A service's database: hands out transactions that know who is asking."""

    def __init__(self, url: str, *, pool_size: int = 8, application_name: str = "tidu") -> None:
        self.url = url
        self.engine = create_async_engine(
            driver_url(url),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=3,
            hide_parameters=True,
            connect_args={"application_name": application_name, "connect_timeout": 5, "keepalives_idle": 10},
        )
        self.after_announcement: list[Callable[[], None]] = []

    @asynccontextmanager
    async def transaction(self, principal: Principal = SYSTEM, *, writes: bool = True) -> AsyncIterator[AsyncSession]:
        """Give a session whose work is committed at the end, or undone where the block raises.

        Nothing is sent to the server before the first statement. `writes` false makes row-level security refuse writes.
        """
        session = AsyncSession(self.engine, expire_on_commit=False, info={"principal": principal, "writes": writes})
        async with session:
            yield session
            await session.commit()
        if session.info.get("announced"):
            for wake in self.after_announcement:
                wake()

    async def dispose(self) -> None:
        """Close all connections."""
        await self.engine.dispose()


def scope_settings(principal: Principal, *, writes: bool) -> dict[str, str]:
    """Return the settings that row-level security reads, for one principal."""
    scope = principal.scope
    return {
        "everything": "on" if scope.everything else "",
        "regions": ",".join(scope.regions),
        "park": scope.park_code or "",
        "usccs": ",".join(scope.usccs),
        "writes": "on" if writes else "",
    }


@event.listens_for(Session, "after_begin")
def _set_scope(session: Session, transaction: SessionTransaction, connection: sa.Connection) -> None:
    """Tell the database who is asking, for this transaction only: a pooled connection must not remember."""
    principal: Principal | None = session.info.get("principal")
    if principal is None or principal is SYSTEM or transaction.nested:
        return
    connection.execute(SET_SCOPE, scope_settings(principal, writes=bool(session.info.get("writes"))))


async def fetch_all(session: AsyncSession, statement: sa.Executable, **parameters: Any) -> list[dict[str, Any]]:
    """Run a read and return plain dictionaries, for hot paths that need no entities."""
    result = await session.execute(statement, parameters)
    return [dict(row) for row in result.mappings()]
