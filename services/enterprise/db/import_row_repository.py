"""What became of each row of an import."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.enterprise.db.documents import json_of
from services.enterprise.domain.importing.progress import RowState
from services.enterprise.domain.importing.rows import RowError
from shared.db.driver import run

_INSERT = sa.text("""
INSERT INTO import_rows (import_id, line, state, uscc, is_marked, errors, notes, cells)
SELECT :import_id, row.* FROM json_to_recordset(CAST(:rows AS json)) AS row (line int, state text, uscc text,
    is_marked boolean, errors jsonb, notes jsonb, cells jsonb)""")
_SELECT = (
    "SELECT line, state, uscc, is_marked, errors, notes, cells FROM import_rows"
    " WHERE import_id = :import_id AND line > :after"
)
_ORDER = " ORDER BY line LIMIT :limit"
_ALL = sa.text(_SELECT + _ORDER)
_OF_STATE = sa.text(_SELECT + " AND state = :state" + _ORDER)
_PAGE = 1000


@dataclass(frozen=True, slots=True)
class TakenRow:
    """A row that was taken or refused; `cells` are kept of refused ones."""

    line: int
    state: RowState
    uscc: str | None
    is_marked: bool
    errors: tuple[RowError, ...]
    notes: tuple[str, ...]
    cells: tuple[str | None, ...] | None


async def insert_taken_rows(session: AsyncSession, import_id: UUID, rows: Sequence[TakenRow]) -> None:
    """Keep what became of some rows."""
    await run(session, _INSERT, {"import_id": import_id, "rows": json_of(rows)})


async def list_taken_rows(
    session: AsyncSession, import_id: UUID, *, state: RowState | None, after: int, limit: int
) -> list[TakenRow]:
    """Return up to `limit` rows after a line, of one state or of all."""
    values = {"import_id": import_id, "after": after, "limit": limit}
    if state is None:
        found = await session.execute(_ALL, values)
    else:
        found = await session.execute(_OF_STATE, {**values, "state": state})
    return [_row_of(row) for row in found.mappings()]


async def iterate_refused_rows(session: AsyncSession, import_id: UUID) -> AsyncIterator[TakenRow]:
    """Yield all refused rows in the order of the file, a page at a time."""
    after = 0
    while rows := await list_taken_rows(session, import_id, state=RowState.ERROR, after=after, limit=_PAGE):
        for row in rows:
            yield row
        after = rows[-1].line


def _row_of(row: sa.RowMapping) -> TakenRow:
    return TakenRow(
        line=row["line"],
        state=RowState(row["state"]),
        uscc=row["uscc"],
        is_marked=row["is_marked"],
        errors=tuple(RowError(**error) for error in row["errors"]),
        notes=tuple(row["notes"]),
        cells=None if row["cells"] is None else tuple(row["cells"]),
    )
