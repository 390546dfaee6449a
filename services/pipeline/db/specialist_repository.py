"""Reads and writes of specialists and their grades."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.pipeline.db.tables import Specialist, SpecialistGrade
from shared.db.engine import fetch_all
from shared.kernel.errors import NotFound

_table: sa.Table = Specialist.__table__  # type: ignore[attr-defined]
_grades: sa.Table = SpecialistGrade.__table__  # type: ignore[attr-defined]


async def get(session: AsyncSession, specialist_id: UUID, *, locked: bool = False) -> Specialist:
    """Return a specialist or raise NotFound; `locked` holds the record until the transaction ends."""
    found = await session.get(Specialist, specialist_id, with_for_update=locked or None)
    if found is None:
        raise NotFound("没有找到这位服务人员")
    return found


async def add(session: AsyncSession, specialist: Specialist) -> None:
    """Write a new specialist; the id is known afterwards."""
    session.add(specialist)
    await session.flush()


async def find_grade(session: AsyncSession, specialist_id: UUID, year: int) -> SpecialistGrade | None:
    """Return the grade of a year, None where there is none."""
    return await session.get(SpecialistGrade, (specialist_id, year))


async def add_grade(session: AsyncSession, grade: SpecialistGrade) -> None:
    """Write a grade."""
    session.add(grade)
    await session.flush()


async def list_grades(session: AsyncSession, specialist_id: UUID) -> list[dict[str, Any]]:
    """Return the grades of a specialist, the newest year first."""
    mine = _grades.c.specialist_id == specialist_id
    return await fetch_all(session, sa.select(_grades).where(mine).order_by(_grades.c.year.desc()))


async def list_page(
    session: AsyncSession,
    *,
    kind: str | None,
    region_codes: Sequence[str] | None,
    login: str | None,
    after: UUID | None,
    most: int,
) -> list[dict[str, Any]]:
    """Return specialists in the order of registration."""
    statement = sa.select(_table).order_by(_table.c.id).limit(most)
    if kind is not None:
        statement = statement.where(_table.c.kind == kind)
    if login is not None:
        statement = statement.where(_table.c.login == login)
    if region_codes is not None:
        statement = statement.where(_table.c.region_code.in_(region_codes))
    if after is not None:
        statement = statement.where(_table.c.id > after)
    return await fetch_all(session, statement)
