"""The board: how many enterprises stand where, as of any day, in the asker's territory."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.pipeline.db import board_repository
from services.pipeline.domain.board import Cell
from services.pipeline.domain.board_scope import BoardScope


@dataclass(frozen=True)
class Board:
    """The cells of a day in which candidates stand, and how many organisations are only kept and marked."""

    as_of: date
    scope: BoardScope
    cells: dict[Cell, int]
    marked_count: int

    def count_by(self, field: str) -> dict[str, int]:
        """Return the counts of one side of the board: by rung or by pool state."""
        counts: Counter[str] = Counter()
        for cell, count in self.cells.items():
            counts[getattr(cell, field)] += count
        return dict(sorted(counts.items()))


async def show_board(session: AsyncSession, scope: BoardScope, as_of: date) -> Board:
    """Return the board of a day; it includes what was written a moment ago."""
    rows = await board_repository.read_board(session, as_of, region_codes=scope.region_codes, park_code=scope.park_code)
    counts = {Cell(**{name: row[name] for name in Cell._fields}): row["count"] for row in rows}
    shown = {cell: count for cell, count in sorted(counts.items()) if cell.is_candidate}
    marked = sum(count for cell, count in counts.items() if not cell.is_candidate)
    return Board(as_of, scope, shown, marked)
