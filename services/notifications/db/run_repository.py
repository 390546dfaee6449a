"""The planners' runs and marks. One run at a time; a mark never goes back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.db.tables import PlannerMark, Run

_PLANNER_LOCK = 7_314_000
_LOCK = sa.text("SELECT pg_advisory_xact_lock(:key)")
_MARK = sa.text(
    "INSERT INTO planner_marks (duty_kind, first_seen_on, scanned_on)"
    " SELECT kind, :as_of, :as_of FROM unnest(CAST(:kinds AS text[])) AS kind"
    " ON CONFLICT (duty_kind) DO UPDATE SET scanned_on = excluded.scanned_on"
    " WHERE planner_marks.scanned_on < excluded.scanned_on"
)


async def lock_planners(session: AsyncSession) -> None:
    """Wait for any other run to end; held until this transaction ends."""
    await session.execute(_LOCK, {"key": _PLANNER_LOCK})


async def move_marks(session: AsyncSession, duty_kinds: Sequence[str], as_of: date) -> None:
    """Note that everything up to `as_of` was looked at for these kinds."""
    await session.execute(_MARK, {"kinds": sorted(duty_kinds), "as_of": as_of})


async def latest_mark(session: AsyncSession) -> date | None:
    """Return the latest business date any planner has looked at."""
    column = PlannerMark.__table__.c.scanned_on  # type: ignore[attr-defined]
    found: date | None = await session.scalar(sa.select(sa.func.max(column)))
    return found


async def earliest_mark(session: AsyncSession) -> date | None:
    """Return the business date up to which every planner has looked."""
    column = PlannerMark.__table__.c.scanned_on  # type: ignore[attr-defined]
    found: date | None = await session.scalar(sa.select(sa.func.min(column)))
    return found


async def has_run(session: AsyncSession, as_of: date) -> bool:
    """Tell whether a run for this date is on record."""
    columns = Run.__table__.c  # type: ignore[attr-defined]
    return bool(await session.scalar(sa.select(sa.exists().where(columns.as_of == as_of))))


async def list_runs(session: AsyncSession, *, before: UUID | None, limit: int) -> list[Run]:
    """Return up to `limit` runs, newest first, from before the given one on."""
    columns = Run.__table__.c  # type: ignore[attr-defined]
    query = sa.select(Run).order_by(columns.id.desc()).limit(limit)
    return list(await session.scalars(query if before is None else query.where(columns.id < before)))
