"""Reads and writes of pool memberships."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.pipeline.db.tables import Membership
from services.pipeline.domain.board import Stay
from services.pipeline.domain.memberships import MembershipState
from shared.db.engine import fetch_all
from shared.events.enterprise import EnterpriseState
from shared.kernel.errors import NotFound

_table: sa.Table = Membership.__table__  # type: ignore[attr-defined]
_LISTED = [column for column in _table.c if column.name != "snapshot"]


async def get(session: AsyncSession, membership_id: UUID) -> Membership:
    """Return a membership or raise NotFound."""
    found = await session.get(Membership, membership_id)
    if found is None:
        raise NotFound("没有找到这条入库记录")
    return found


async def list_of_enterprise(session: AsyncSession, uscc: str) -> Sequence[Membership]:
    """Return all stays of an enterprise, the earliest first, as they are now: a lock may have been waited for."""
    statement = sa.select(Membership).where(_table.c.uscc == uscc).order_by(_table.c.admitted_on, _table.c.id)
    return (await session.scalars(statement.execution_options(populate_existing=True))).all()


async def add(session: AsyncSession, membership: Membership) -> None:
    """Write a new membership; its id is known afterwards."""
    session.add(membership)
    await session.flush()


async def flush(session: AsyncSession) -> None:
    """Write what was changed on memberships now, before what follows."""
    await session.flush()


async def follow_move(session: AsyncSession, state: EnterpriseState) -> None:
    """Take the stays of an enterprise along to its present place and name."""
    place = {"region_code": state.region_code, "park_code": state.park_code, "name": state.name}
    await session.execute(_table.update().where(_table.c.uscc == state.uscc).values(**place))


async def load_stays(session: AsyncSession) -> dict[str, tuple[Stay, ...]]:
    """Return the stays of all enterprises that have had any, the earliest first."""
    column = _table.c
    columns = (column.uscc, column.admitted_on, column.ended_on, column.state)
    found: dict[str, tuple[Stay, ...]] = {}
    for uscc, admitted_on, ended_on, state in await session.execute(
        sa.select(*columns).order_by(column.uscc, column.admitted_on, column.id)
    ):
        found[uscc] = (*found.get(uscc, ()), Stay(admitted_on, ended_on, state is MembershipState.GRADUATED))
    return found


async def list_page(
    session: AsyncSession,
    *,
    uscc: str | None,
    state: MembershipState | None,
    pool: str | None,
    region_codes: Sequence[str] | None,
    park_code: str | None,
    after: UUID | None,
    most: int,
) -> list[dict[str, Any]]:
    """Return memberships in the order of admission."""
    equal = {"uscc": uscc, "state": state, "pool": pool, "park_code": park_code}
    statement = sa.select(*_LISTED).order_by(_table.c.id).limit(most)
    for name, value in equal.items():
        if value is not None:
            statement = statement.where(_table.c[name] == value)
    if region_codes is not None:
        statement = statement.where(_table.c.region_code.in_(region_codes))
    if after is not None:
        statement = statement.where(_table.c.id > after)
    return await fetch_all(session, statement)
