"""Days pass and rules change: look again at the enterprises for which that opens or shuts a door."""

from __future__ import annotations

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.pipeline.db import enterprise_repository
from services.pipeline.domain.pools import PoolLibrary
from services.pipeline.usecases.follow_enterprise import settle
from shared.kernel.regions import expand_region


async def review_due(session: AsyncSession, *, pools: PoolLibrary, today: date, most: int) -> int:
    """Review up to `most` enterprises that are due; returns how many were. Repeating it changes nothing."""
    due = await enterprise_repository.list_due_reviews(session, today, most=most)
    for uscc in due:
        copy = await enterprise_repository.get_locked(session, uscc)
        await settle(session, copy, copy, pools=pools, today=today)
    return len(due)


async def request_reviews(session: AsyncSession, *, pools: PoolLibrary, today: date) -> list[str]:
    """Have the enterprises of every jurisdiction reviewed whose pools read differently now; returns which."""
    seen = await enterprise_repository.load_pack_hashes(session)
    packs = (pools.national, *pools.packs)
    changed = [pack for pack in packs if seen.get(pack.jurisdiction) != pack.content_hash]
    for pack in changed:
        regions = None if pack is pools.national else expand_region(pack.jurisdiction)
        await enterprise_repository.request_reviews(session, regions, today)
        await enterprise_repository.save_pack_hash(session, pack.jurisdiction, pack.content_hash)
    return [pack.jurisdiction for pack in changed]
