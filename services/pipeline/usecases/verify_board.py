"""Prove the board: count every enterprise again from its facts, and compare."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.pipeline.db import board_repository, enterprise_repository, membership_repository
from services.pipeline.domain.board import Cell, contribution_of, steps_of


@dataclass(frozen=True)
class Proof:
    """How many enterprises were counted, and what differs: nothing, if the board is right on every day."""

    enterprise_count: int
    wrong_days: dict[tuple[date, Cell], int]
    wrong_mark_count: int

    @property
    def holds(self) -> bool:
        """Whether board and recount agree."""
        return not self.wrong_days and not self.wrong_mark_count


async def verify_board(session: AsyncSession) -> Proof:
    """Compare what each day adds to each cell with a recount at one moment; must come first in its transaction."""
    await board_repository.freeze_view(session)
    stays = await membership_repository.load_stays(session)
    counted: Counter[tuple[date, Cell]] = Counter()
    enterprises = 0
    async for copy in enterprise_repository.stream_copies(session):
        course = replace(copy.course, stays=stays.get(copy.state.uscc, ()))
        counted.update(contribution_of(steps_of(course)))
        enterprises += 1
    counted.subtract(await board_repository.read_sums(session))
    wrong = {where: difference for where, difference in counted.items() if difference}
    return Proof(enterprises, wrong, await board_repository.count_wrong_marks(session))
