"""Read awards: one with the steps taken on it, or a list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.awards.db import awards as repository
from services.awards.db.reviews import list_reviews
from services.awards.db.tables import Award as Award
from services.awards.db.tables import AwardReview as AwardReview
from services.awards.domain.states import AwardStatus
from shared.kernel.errors import NotFound
from shared.kernel.regions import expand_region


async def get_award(session: AsyncSession, award_id: UUID) -> tuple[Award, list[AwardReview]]:
    """Return the award and every step taken on it; raises NotFound outside the asker's scope."""
    award = await repository.find_award(session, award_id)
    if award is None:
        raise NotFound()
    return award, await list_reviews(session, award_id)


async def list_awards(
    session: AsyncSession,
    *,
    uscc: str | None = None,
    states: Sequence[AwardStatus] = (),
    region_code: str | None = None,
    rule: str | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int,
) -> list[Award]:
    """Return the newest awards first; a prefecture's code stands for all its counties."""
    regions = expand_region(region_code) if region_code else None
    return await repository.list_awards(
        session, uscc=uscc, states=states, regions=regions, rule=rule, after=after, limit=limit
    )
