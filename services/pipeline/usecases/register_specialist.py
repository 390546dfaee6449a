"""Enter a specialist into the register, if eligible for the kind of service."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from services.pipeline.db import specialist_repository
from services.pipeline.db.tables import Specialist
from services.pipeline.domain.specialists import SpecialistRules, check_eligible
from shared.db.audit import record_change


@dataclass(frozen=True)
class NewSpecialist:
    """What is known of a specialist; `login` is the account that sees the enterprises served."""

    name: str
    kind: str | None
    home_unit: str
    region_code: str
    unit_kind: str | None = None
    title: str | None = None
    login: str | None = None
    capacity: int | None = None


async def register_specialist(session: AsyncSession, new: NewSpecialist, *, rules: SpecialistRules) -> Specialist:
    """Register the specialist, or raise NotEligible."""
    kind = rules.get_kind(new.kind)
    unit_kind = rules.get_unit_kind(new.unit_kind) if new.unit_kind else None
    check_eligible(kind, unit_kind)
    specialist = Specialist(
        name=new.name,
        kind=kind.id,
        home_unit=new.home_unit,
        unit_kind=unit_kind.id if unit_kind else None,
        title=new.title,
        region_code=new.region_code,
        login=new.login,
        capacity=new.capacity,
    )
    await specialist_repository.add(session, specialist)
    await record_change(
        session,
        action="specialist.registered",
        aggregate="specialist",
        aggregate_id=str(specialist.id),
        after=specialist.model_dump(),
    )
    return specialist
