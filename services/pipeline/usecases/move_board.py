"""The board follows an enterprise: what it added before is taken back, what it adds now is put in its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from services.pipeline.db import board_repository, enterprise_repository
from services.pipeline.domain.board import Stay, changes_between, steps_of
from services.pipeline.domain.enterprises import EnterpriseCopy


async def move_board(session: AsyncSession, copy: EnterpriseCopy, stays: Sequence[Stay]) -> None:
    """Bring the board in line with the enterprise's stays; the caller holds the lock on the copy."""
    steps = steps_of(replace(copy, stays=tuple(stays)).course)
    changes = changes_between(copy.steps, steps)
    await board_repository.append_changes(session, changes)
    await enterprise_repository.save_course(session, copy.state.uscc, stays=stays, steps=steps)
