"""Assign a specialist to an enterprise, one to one."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.pipeline import says
from services.pipeline.db import assignment_repository, enterprise_repository, specialist_repository
from services.pipeline.db.tables import Assignment, Specialist
from services.pipeline.domain.assignments import (
    AlreadyServed,
    AssignmentState,
    check_capacity,
    check_start_day,
)
from shared.db.access import grant_access
from shared.db.audit import record_change
from shared.events.enterprise import EnterpriseState
from shared.outbox.append import append


async def assign_specialist(
    session: AsyncSession, *, uscc: str, specialist_id: UUID, from_on: date | None, today: date
) -> Assignment:
    """Assign the specialist, or raise AlreadyServed or CapacityReached; the database refuses a second one too."""
    copy = await enterprise_repository.get_locked(session, uscc)
    present = await assignment_repository.find_active(session, uscc)
    if present is not None:
        raise AlreadyServed(f"现由 {present.specialist_name} 服务(自 {present.from_on} 起),请先交接")
    starts = from_on or today
    check_start_day(starts, today)
    specialist = await specialist_repository.get(session, specialist_id, locked=True)
    assignment = await begin_assignment(session, copy.state, specialist, from_on=starts)
    await append(session, says.assigned(assignment))
    return assignment


async def begin_assignment(
    session: AsyncSession,
    state: EnterpriseState,
    specialist: Specialist,
    *,
    from_on: date,
    predecessor_id: UUID | None = None,
) -> Assignment:
    """Write an assignment and let the specialist see the enterprise; the caller announces it."""
    check_capacity(specialist.name, specialist.served_count, specialist.capacity)
    specialist.served_count += 1
    assignment = Assignment(
        uscc=state.uscc,
        enterprise_name=state.name,
        region_code=state.region_code,
        park_code=state.park_code,
        specialist_id=specialist.id,
        specialist_name=specialist.name,
        login=specialist.login,
        state=AssignmentState.ACTIVE,
        from_on=from_on,
        predecessor_id=predecessor_id,
    )
    await assignment_repository.add(session, assignment)
    if specialist.login is not None:
        await grant_access(session, specialist.login, state.uscc)
    await record_change(
        session,
        action="assignment.begun",
        aggregate="assignment",
        aggregate_id=str(assignment.id),
        after=assignment.model_dump(),
    )
    return assignment
