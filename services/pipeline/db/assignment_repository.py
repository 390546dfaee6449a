"""Reads and writes of assignments and visits."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.pipeline.db.tables import Assignment, Visit
from services.pipeline.domain.assignments import AssignmentState
from shared.db.engine import fetch_all
from shared.events.enterprise import EnterpriseState
from shared.kernel.errors import NotFound

_table: sa.Table = Assignment.__table__  # type: ignore[attr-defined]
_visits: sa.Table = Visit.__table__  # type: ignore[attr-defined]


async def get(session: AsyncSession, assignment_id: UUID, *, locked: bool = False) -> Assignment:
    """Return an assignment or raise NotFound; `locked` reads it anew and holds it until the transaction ends."""
    found = await session.get(Assignment, assignment_id, with_for_update=locked or None, populate_existing=locked)
    if found is None:
        raise NotFound("没有找到这次派驻")
    return found


async def find_active(session: AsyncSession, uscc: str) -> Assignment | None:
    """Return who serves the enterprise now."""
    active = sa.select(Assignment).where(_table.c.uscc == uscc, _table.c.state == AssignmentState.ACTIVE)
    return (await session.scalars(active)).one_or_none()


async def add(session: AsyncSession, assignment: Assignment) -> None:
    """Write a new assignment; its id is known afterwards."""
    session.add(assignment)
    await session.flush()


async def add_visit(session: AsyncSession, visit: Visit) -> None:
    """Write a visit; its id is known afterwards."""
    session.add(visit)
    await session.flush()


async def flush(session: AsyncSession) -> None:
    """Write what was changed on assignments now: SQLAlchemy would insert the successor first."""
    await session.flush()


async def follow_move(session: AsyncSession, state: EnterpriseState) -> None:
    """Take the service of an enterprise along to its present place and name."""
    place = {"region_code": state.region_code, "park_code": state.park_code}
    assignments = _table.update().where(_table.c.uscc == state.uscc)
    await session.execute(assignments.values(**place, enterprise_name=state.name))
    await session.execute(_visits.update().where(_visits.c.uscc == state.uscc).values(**place))


async def list_page(
    session: AsyncSession,
    *,
    uscc: str | None,
    specialist_id: UUID | None,
    state: AssignmentState | None,
    login: str | None,
    after: UUID | None,
    most: int,
) -> list[dict[str, Any]]:
    """Return assignments in the order in which they began."""
    equal = {"uscc": uscc, "specialist_id": specialist_id, "state": state, "login": login}
    statement = sa.select(_table).order_by(_table.c.id).limit(most)
    for name, value in equal.items():
        if value is not None:
            statement = statement.where(_table.c[name] == value)
    if after is not None:
        statement = statement.where(_table.c.id > after)
    return await fetch_all(session, statement)


async def list_visits(
    session: AsyncSession, assignment_id: UUID, *, after: UUID | None, most: int
) -> list[dict[str, Any]]:
    """Return the visits of an assignment in the order in which they were logged."""
    statement = sa.select(_visits).where(_visits.c.assignment_id == assignment_id).order_by(_visits.c.id).limit(most)
    if after is not None:
        statement = statement.where(_visits.c.id > after)
    return await fetch_all(session, statement)
