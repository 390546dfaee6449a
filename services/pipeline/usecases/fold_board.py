"""Fold the board: what writers appended goes into days and marks, and the marks follow the calendar."""

from __future__ import annotations

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.pipeline.db import board_repository
from services.pipeline.domain.board_days import mark_days

AT_A_TIME = 20_000


async def fold_board(session: AsyncSession, *, today: date) -> int:
    """Fold once; returns how many changes were taken, AT_A_TIME at most."""
    await board_repository.lock_fold(session)
    await keep_marks(session, today)
    return await board_repository.fold(session, most=AT_A_TIME)


async def keep_marks(session: AsyncSession, today: date) -> None:
    """Mark the days that should be marked by now, and only those."""
    wanted = mark_days(today)
    kept = await board_repository.list_mark_days(session)
    for day in sorted(wanted - kept):
        await board_repository.add_mark(session, day)
    if kept - wanted:
        await board_repository.drop_marks(session, kept - wanted)
