"""The board's sums: appended to by writers, folded by the worker, read in the same number of rows at any size.

A board as of a day = the nearest mark before it + the days since that mark + what is not folded yet. One statement
reads all three, so a fold in between can neither hide nor double anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.pipeline.db.tables import board_days, board_deltas, board_mark_days, board_marks
from services.pipeline.domain.board import Cell, Changes
from shared.db.engine import fetch_all

_FOLD_LOCK = 7_313_002
_CELL = "region_code, park_code, rung, pool_state, is_candidate"

APPEND_CHANGES = sa.text(
    f"INSERT INTO board_deltas (day, {_CELL}, net) SELECT * FROM unnest(CAST(:days AS date[]),"  # noqa: S608
    " CAST(:regions AS text[]), CAST(:parks AS text[]), CAST(:rungs AS text[]), CAST(:states AS text[]),"
    " CAST(:candidates AS boolean[]), CAST(:nets AS int[]))"
)
_ADD_DAYS = sa.text(APPEND_CHANGES.text.replace("board_deltas", "board_days"))

# A mark holds everything up to its day, so what is folded into a day is added to every mark from that day on.
_FOLD = sa.text(
    f"""WITH taken AS (
        DELETE FROM board_deltas WHERE id IN (SELECT id FROM board_deltas ORDER BY id LIMIT :most)
        RETURNING day, {_CELL}, net),
    added AS (SELECT day, {_CELL}, sum(net)::int AS net FROM taken GROUP BY day, {_CELL} HAVING sum(net) <> 0),
    into_days AS (
        INSERT INTO board_days (day, {_CELL}, net) SELECT day, {_CELL}, net FROM added
        ON CONFLICT (day, {_CELL}) DO UPDATE SET net = board_days.net + excluded.net),
    into_marks AS (
        INSERT INTO board_marks (day, {_CELL}, net)
        SELECT m.day, {_CELL}, sum(net)::int FROM added JOIN board_mark_days m ON m.day >= added.day
        GROUP BY m.day, {_CELL} HAVING sum(net) <> 0
        ON CONFLICT (day, {_CELL}) DO UPDATE SET net = board_marks.net + excluded.net)
    SELECT count(*) FROM taken"""  # noqa: S608
)
_ADD_MARK = sa.text(
    f"""WITH nearest AS (SELECT max(day) AS day FROM board_mark_days WHERE day < :day),
    parts AS (
        SELECT {_CELL}, net FROM board_marks WHERE day = (SELECT day FROM nearest)
        UNION ALL
        SELECT {_CELL}, net FROM board_days
        WHERE day > coalesce((SELECT day FROM nearest), '-infinity') AND day <= :day)
    INSERT INTO board_marks (day, {_CELL}, net)
    SELECT :day, {_CELL}, sum(net)::int FROM parts GROUP BY {_CELL} HAVING sum(net) <> 0"""  # noqa: S608
)


async def append_changes(session: AsyncSession, changes: Changes) -> None:
    """Add changes to the board in the transaction of what caused them."""
    await _insert(session, APPEND_CHANGES, changes)


async def _insert(session: AsyncSession, statement: sa.TextClause, changes: Changes) -> None:
    if changes:
        await session.execute(statement, columns_of(changes))


def columns_of(changes: Changes) -> dict[str, list[Any]]:
    """Return the changes column by column, as APPEND_CHANGES takes them."""
    cells = [cell for _, cell in changes]
    return {
        "days": [day for day, _ in changes],
        "regions": [cell.region_code for cell in cells],
        "parks": [cell.park_code for cell in cells],
        "rungs": [cell.rung for cell in cells],
        "states": [cell.pool_state for cell in cells],
        "candidates": [cell.is_candidate for cell in cells],
        "nets": list(changes.values()),
    }


async def read_board(
    session: AsyncSession, as_of: date, *, region_codes: Sequence[str] | None, park_code: str | None
) -> list[dict[str, Any]]:
    """Return the cells of a day that are not empty, with their counts."""
    return await fetch_all(session, board_statement(as_of, region_codes=region_codes, park_code=park_code))


def board_statement(as_of: date, *, region_codes: Sequence[str] | None, park_code: str | None) -> sa.Select[Any]:
    """Return the one statement that sums mark, days and what is not folded yet."""
    # The coalesce belongs inside: outside, row-level security would count it as leaky and keep it from the index.
    nearest = sa.func.coalesce(sa.func.max(board_mark_days.c.day), sa.text("'-infinity'::date"))
    mark = sa.select(nearest).where(board_mark_days.c.day <= as_of).scalar_subquery()
    parts = sa.union_all(
        _part(board_marks, region_codes, park_code).where(board_marks.c.day == mark),
        _part(board_days, region_codes, park_code).where(board_days.c.day > mark, board_days.c.day <= as_of),
        _part(board_deltas, region_codes, park_code).where(board_deltas.c.day <= as_of),
    ).subquery()
    cell = _cell(parts)
    total = sa.func.sum(parts.c.net)
    return sa.select(*cell, total.label("count")).group_by(*cell).having(total != 0)


def _part(table: sa.Table, region_codes: Sequence[str] | None, park_code: str | None) -> sa.Select[Any]:
    statement = sa.select(*_cell(table), table.c.net)
    if region_codes is not None:
        statement = statement.where(table.c.region_code == sa.any_(sa.cast(region_codes, sa.ARRAY(sa.Text))))
    if park_code is not None:
        statement = statement.where(table.c.park_code == park_code)
    return statement


async def lock_fold(session: AsyncSession) -> None:
    """Let nobody else fold until the transaction ends."""
    await session.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _FOLD_LOCK})


async def fold(session: AsyncSession, *, most: int) -> int:
    """Move up to `most` changes from the writers' table into days and marks; returns how many were taken."""
    return int((await session.scalar(_FOLD, {"most": most})) or 0)


async def list_mark_days(session: AsyncSession) -> set[date]:
    """Return the days that are marked."""
    return set(await session.scalars(sa.select(board_mark_days.c.day)))


async def add_mark(session: AsyncSession, day: date) -> None:
    """Keep the whole sum of a day from now on."""
    await session.execute(_ADD_MARK, {"day": day})
    await session.execute(board_mark_days.insert().values(day=day))


async def drop_marks(session: AsyncSession, days: Iterable[date]) -> None:
    """Keep these days' sums no longer; cells that came to nothing go too."""
    for table in (board_marks, board_mark_days):
        await session.execute(table.delete().where(table.c.day.in_(list(days))))
    await session.execute(board_marks.delete().where(board_marks.c.net == 0))


async def lock_writers_out(session: AsyncSession) -> None:
    """Hold back whoever would move the board until the transaction ends; reading goes on."""
    await session.execute(sa.text("LOCK TABLE enterprises IN EXCLUSIVE MODE"))


async def clear(session: AsyncSession) -> None:
    """Remove the whole board; until the transaction ends others see the old one."""
    for table in (board_deltas, board_days, board_marks, board_mark_days):
        await session.execute(table.delete())


async def add_days(session: AsyncSession, changes: Changes) -> None:
    """Write days of a board that is being rebuilt."""
    await _insert(session, _ADD_DAYS, changes)


async def freeze_view(session: AsyncSession) -> None:
    """Make all reads of this transaction see one moment. Must come first."""
    await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


async def read_sums(session: AsyncSession) -> Mapping[tuple[date, Cell], int]:
    """Return what the days hold together with what is not folded yet."""
    parts = sa.union_all(*(sa.select(t.c.day, *_cell(t), t.c.net) for t in (board_days, board_deltas))).subquery()
    where = [parts.c.day, *_cell(parts)]
    total = sa.func.sum(parts.c.net)
    rows = await session.execute(sa.select(*where, total).group_by(*where).having(total != 0))
    return {(day, Cell(*cell)): count for day, *cell, count in rows}


def _cell(table: sa.FromClause) -> list[sa.ColumnElement[Any]]:
    return [table.c[name] for name in Cell._fields]


async def count_wrong_marks(session: AsyncSession) -> int:
    """Return how many cells of all marks differ from the sum of the days up to them."""
    summed = (
        sa.select(board_mark_days.c.day, *_cell(board_days), sa.func.sum(board_days.c.net).label("net"))
        .join(board_days, board_days.c.day <= board_mark_days.c.day)
        .group_by(board_mark_days.c.day, *_cell(board_days))
        .subquery()
    )
    same = [summed.c.day == board_marks.c.day]
    same += [mine == theirs for mine, theirs in zip(_cell(summed), _cell(board_marks), strict=True)]
    joined = summed.outerjoin(board_marks, sa.and_(*same), full=True)
    differs = sa.func.coalesce(summed.c.net, 0) != sa.func.coalesce(board_marks.c.net, 0)
    return int((await session.scalar(sa.select(sa.func.count()).select_from(joined).where(differs))) or 0)
