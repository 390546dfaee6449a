"""Release an integrity block."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.enterprise import says
from services.enterprise.db.fact_repository import release_block_row
from services.enterprise.domain.enterprise import Block, Enterprise
from services.enterprise.domain.errors import BlockAlreadyReleased, BlockNotFound, wrong_field
from services.enterprise.usecases.changing import Entry, Register, conclude


async def release_block(
    session: AsyncSession,
    register: Register,
    before: Enterprise,
    block_id: UUID,
    *,
    released_on: date,
    reason: str,
) -> tuple[Enterprise, Block]:
    """Lift the block from a day on, with the reason a person gives."""
    block = next((b for b in before.blocks if b.id == block_id), None)
    if block is None:
        raise BlockNotFound("这家企业没有这条限制记录")
    if block.released_on is not None:
        raise BlockAlreadyReleased(f"已于 {block.released_on} 解除")
    if not block.from_on <= released_on <= register.today:
        raise wrong_field("/released_on", "out_of_range", f"解除日期应在 {block.from_on} 至今天之间")
    released = replace(block, released_on=released_on)
    await release_block_row(session, released, reason=reason)
    after = replace(before, blocks=tuple(released if b.id == block_id else b for b in before.blocks))
    entry = Entry("block.release", {"id": block_id}, {"released_on": released_on}, reason)
    return await conclude(session, register, before, after, [says.block_released(released, reason)], entry), released
