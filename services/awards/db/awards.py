"""Reading and writing awards. Row-level security narrows every statement to what the asker may see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.awards.db.tables import Award
from services.awards.domain.states import VOID, AwardStatus


async def find_award(session: AsyncSession, award_id: UUID) -> Award | None:
    """Return the award, None where there is none in the asker's scope."""
    return await session.get(Award, award_id)


async def lock_award(session: AsyncSession, award_id: UUID) -> Award | None:
    """Return the award held for change until the transaction ends; a rival waits and then sees the new state."""
    return await session.get(Award, award_id, with_for_update=True, populate_existing=True)


async def lock_awards_of(session: AsyncSession, beneficiary_id: str) -> list[Award]:
    """Return all awards of a beneficiary, held for change, the oldest first."""
    statement = (
        sa.select(Award)
        .where(col(Award.beneficiary_id) == beneficiary_id)
        .order_by(col(Award.created_at), col(Award.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(await session.scalars(statement))


async def list_awards_of(session: AsyncSession, beneficiary_id: str) -> list[Award]:
    """Return all awards of a beneficiary that the asker may see."""
    return list(await session.scalars(sa.select(Award).where(col(Award.beneficiary_id) == beneficiary_id)))


def used_once_keys(awards: Sequence[Award]) -> dict[str, str]:
    """Return the once-keys these awards take up, each with the occasion that took it."""
    return {award.once_key: award.trigger_id for award in awards if award.state not in VOID}


async def save_award(session: AsyncSession, award: Award) -> None:
    """Write the award as its next version; its constraints speak now, not at the end of the transaction."""
    award.version += 1
    session.add(award)
    await session.flush()


async def list_awards(
    session: AsyncSession,
    *,
    uscc: str | None,
    states: Sequence[AwardStatus],
    regions: Sequence[str] | None,
    rule: str | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Award]:
    """Return the newest awards first, from below `after` on."""
    created, number = col(Award.created_at), col(Award.id)
    statement = sa.select(Award).order_by(created.desc(), number.desc()).limit(limit)
    for condition in _conditions(uscc, states, regions, rule):
        statement = statement.where(condition)
    if after is not None:
        statement = statement.where(sa.tuple_(created, number) < sa.tuple_(*map(sa.literal, after)))
    return list(await session.scalars(statement))


def _conditions(
    uscc: str | None, states: Sequence[AwardStatus], regions: Sequence[str] | None, rule: str | None
) -> list[sa.ColumnElement[bool]]:
    wanted: list[tuple[Any, sa.ColumnElement[bool]]] = [
        (uscc, col(Award.uscc) == uscc),
        (states, col(Award.state).in_(states)),
        (regions, col(Award.region_code).in_(regions or ())),
        (rule, col(Award.grant_rule_id) == rule),
    ]
    return [condition for value, condition in wanted if value]
