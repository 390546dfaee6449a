"""List the integrity blocks of an enterprise."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from services.enterprise.db.enterprise_repository import find_enterprise
from services.enterprise.domain.enterprise import Block
from services.enterprise.domain.errors import EnterpriseNotFound


async def list_blocks(session: AsyncSession, uscc: str) -> tuple[Block, ...]:
    """Return all blocks, released ones too, by the day they began."""
    enterprise = await find_enterprise(session, uscc)
    if enterprise is None:
        raise EnterpriseNotFound(f"没有统一社会信用代码为 {uscc} 的企业,或不在您的管辖范围内")
    return enterprise.blocks
