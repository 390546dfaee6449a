"""Which enterprises a specialist serves, known in each service from the assignment events: the specialist's scope."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.base import backbone_metadata

specialist_access = sa.Table(
    "specialist_access",
    backbone_metadata,
    sa.Column("login", sa.Text, primary_key=True),
    sa.Column("uscc", sa.Text, primary_key=True),
)


async def grant_access(session: AsyncSession, login: str, uscc: str) -> None:
    """Let the specialist who signs in as `login` see the enterprise."""
    await session.execute(insert(specialist_access).values(login=login, uscc=uscc).on_conflict_do_nothing())


async def withdraw_access(session: AsyncSession, login: str, uscc: str) -> None:
    """End that: the assignment is over."""
    table = specialist_access.c
    await session.execute(specialist_access.delete().where(table.login == login, table.uscc == uscc))


async def list_served_usccs(session: AsyncSession, login: str) -> tuple[str, ...]:
    """Return the enterprises that the specialist serves now."""
    table = specialist_access.c
    rows = await session.scalars(sa.select(table.uscc).where(table.login == login))
    return tuple(rows)
