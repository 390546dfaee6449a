"""Record an integrity block."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from services.enterprise import says
from services.enterprise.db.fact_repository import insert_block
from services.enterprise.domain.blocks import BlockKind
from services.enterprise.domain.enterprise import Block, Enterprise
from services.enterprise.domain.errors import wrong_field
from services.enterprise.usecases.changing import Entry, Register, conclude


async def raise_block(
    session: AsyncSession,
    register: Register,
    before: Enterprise,
    *,
    kind: BlockKind,
    source: str,
    from_on: date,
    document: str | None,
) -> tuple[Enterprise, Block]:
    """Record what a named source says stands against the enterprise; a person has to release it."""
    if from_on > register.today:
        raise wrong_field("/from_on", "in_future", "起始日期不能晚于今天")
    block = Block(uuid4(), kind, source, from_on)
    await insert_block(session, before, block, document=document)
    after = replace(before, blocks=(*before.blocks, block))
    entry = Entry("block.raise", None, {**asdict(block), "document": document})
    return await conclude(session, register, before, after, [says.block_raised(block)], entry), block
