"""Look at the enterprises to which a pool's door stands open and that are in no pool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.pipeline.db import enterprise_repository
from shared.kernel.regions import expand_region


@dataclass(frozen=True)
class CandidateFilter:
    """Which candidates to show; what is None does not narrow."""

    region_code: str | None = None
    park_code: str | None = None
    pool: str | None = None
    door: str | None = None


async def list_candidates(
    session: AsyncSession, wanted: CandidateFilter, *, after: str | None, limit: int
) -> list[dict[str, Any]]:
    """Return up to limit + 1 candidates in the order of the USCC, each with its open doors and why."""
    return await enterprise_repository.list_candidates(
        session,
        region_codes=expand_region(wanted.region_code) if wanted.region_code else None,
        park_code=wanted.park_code,
        pool=wanted.pool,
        door=wanted.door,
        after=after,
        most=limit + 1,
    )
