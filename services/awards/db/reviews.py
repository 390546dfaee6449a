"""Seats and reviews: who acts for which office, and what each one signed."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.awards.db.tables import AwardReview, AwardSeat
from services.awards.domain.states import Seat, Step

APPROVALS = (Step.SCIENCE_REVIEW, Step.FINANCE_REVIEW, Step.GOVERNMENT_CONSENT)


async def take_seat(session: AsyncSession, award_id: UUID, person_id: str, seat: Seat) -> None:
    """Seat a person, unless the person is seated already."""
    row = {"award_id": award_id, "person_id": person_id, "seat": seat}
    await session.execute(insert(AwardSeat).values(row).on_conflict_do_nothing())


async def list_seats_of(session: AsyncSession, award_id: UUID, person_ids: Collection[str]) -> set[Seat]:
    """Return the seats these identities (of one person) hold on the award."""
    statement = sa.select(col(AwardSeat.seat)).where(
        col(AwardSeat.award_id) == award_id, col(AwardSeat.person_id).in_(person_ids)
    )
    return set(await session.scalars(statement))


async def add_review(session: AsyncSession, review: AwardReview) -> None:
    """Write a step that was taken."""
    session.add(review)
    await session.flush()


async def list_reviews(session: AsyncSession, award_id: UUID) -> list[AwardReview]:
    """Return every step taken on the award, in order."""
    statement = sa.select(AwardReview).where(col(AwardReview.award_id) == award_id).order_by(col(AwardReview.id))
    return list(await session.scalars(statement))


async def find_last_approval(session: AsyncSession, award_id: UUID, cycle: int) -> AwardReview | None:
    """Return the last approving step of this cycle, None where nobody has approved yet."""
    statement = (
        sa.select(AwardReview)
        .where(
            col(AwardReview.award_id) == award_id,
            col(AwardReview.cycle) == cycle,
            col(AwardReview.step).in_(APPROVALS),
        )
        .order_by(col(AwardReview.id).desc())
        .limit(1)
    )
    return (await session.scalars(statement)).first()
