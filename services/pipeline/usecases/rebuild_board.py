"""Build the board anew from the enterprises and their stays; until it is done the old one is shown."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.pipeline.db import board_repository, enterprise_repository, membership_repository
from services.pipeline.domain.board import Cell, contribution_of, steps_of
from services.pipeline.usecases.fold_board import keep_marks


async def rebuild_board(session: AsyncSession, *, today: date) -> int:
    """Replace the whole board while writers wait; returns how many enterprises it counts."""
    await board_repository.lock_fold(session)
    await board_repository.lock_writers_out(session)
    stays = await membership_repository.load_stays(session)
    sums: Counter[tuple[date, Cell]] = Counter()
    enterprises = 0
    async for copy in enterprise_repository.stream_copies(session):
        uscc = copy.state.uscc
        right = replace(copy, stays=stays.get(uscc, ()))
        steps = steps_of(right.course)
        if (right.stays, steps) != (copy.stays, copy.steps):
            await enterprise_repository.save_course(session, uscc, stays=right.stays, steps=steps)
        sums.update(contribution_of(steps))
        enterprises += 1
    await board_repository.clear(session)
    await board_repository.add_days(session, {where: net for where, net in sums.items() if net})
    await keep_marks(session, today)
    return enterprises
