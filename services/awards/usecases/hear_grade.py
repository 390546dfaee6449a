"""Hear that a specialist was graded for a year."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from services.awards.domain.desk import GrantDesk
from services.awards.domain.occasions import GradeOccasion
from services.awards.usecases.reconcile_awards import reconcile_awards
from shared.events.base import EventMeta
from shared.events.pipeline import SpecialistGraded


async def hear_grade(session: AsyncSession, desk: GrantDesk, event: SpecialistGraded, meta: EventMeta) -> None:
    """Propose what the grade earns the specialist; a corrected grade withdraws what no longer holds."""
    occasion = GradeOccasion(
        specialist_id=str(event.specialist.id),
        specialist_name=event.specialist.name,
        specialist_kind=event.specialist.kind,
        region_code=event.specialist.region_code,
        year=event.year,
        grade=event.grade,
        graded_on=event.graded_on,
    )
    await reconcile_awards(session, desk, [occasion], recorder=meta.actor)
