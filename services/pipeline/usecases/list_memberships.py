"""Look at stays: a page of them, or one with its frozen facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.pipeline.db import membership_repository
from services.pipeline.db.tables import Membership
from services.pipeline.domain.memberships import MembershipState
from shared.kernel.regions import expand_region


@dataclass(frozen=True)
class MembershipFilter:
    """Which stays to show; what is None does not narrow."""

    uscc: str | None = None
    state: MembershipState | None = None
    pool: str | None = None
    region_code: str | None = None
    park_code: str | None = None


async def list_memberships(
    session: AsyncSession, wanted: MembershipFilter, *, after: UUID | None, limit: int
) -> list[dict[str, Any]]:
    """Return up to limit + 1 stays in the order of admission."""
    return await membership_repository.list_page(
        session,
        uscc=wanted.uscc,
        state=wanted.state,
        pool=wanted.pool,
        region_codes=expand_region(wanted.region_code) if wanted.region_code else None,
        park_code=wanted.park_code,
        after=after,
        most=limit + 1,
    )


async def get_membership(session: AsyncSession, membership_id: UUID) -> Membership:
    """Return one stay, or raise NotFound."""
    return await membership_repository.get(session, membership_id)
