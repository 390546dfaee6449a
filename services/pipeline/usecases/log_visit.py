"""Log a visit: what was done, with which outcome, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.pipeline import says
from services.pipeline.db import assignment_repository
from services.pipeline.db.tables import Visit
from services.pipeline.domain.assignments import check_active, check_own, check_visit_day
from shared.db.audit import record_change
from shared.kernel.roles import Principal
from shared.outbox.append import append


@dataclass(frozen=True)
class VisitEntry:
    """What is logged."""

    kind: str
    visited_on: date
    outcome: str
    next_step: str | None = None
    next_step_due_on: date | None = None


async def log_visit(
    session: AsyncSession, assignment_id: UUID, entry: VisitEntry, *, today: date, by: Principal
) -> Visit:
    """Log the visit under an active assignment; a specialist only under his own."""
    assignment = await assignment_repository.get(session, assignment_id, locked=True)
    check_own(by, assignment.login)
    check_active(assignment.state, assignment.until_on)
    check_visit_day(entry.visited_on, today)
    visit = Visit(
        assignment_id=assignment.id,
        uscc=assignment.uscc,
        region_code=assignment.region_code,
        park_code=assignment.park_code,
        specialist_id=assignment.specialist_id,
        kind=entry.kind,
        visited_on=entry.visited_on,
        outcome=entry.outcome,
        next_step=entry.next_step,
        next_step_due_on=entry.next_step_due_on,
        logged_by=by.subject,
    )
    assignment.version += 1
    await assignment_repository.add_visit(session, visit)
    await record_change(
        session,
        action="visit.logged",
        aggregate="assignment",
        aggregate_id=str(assignment.id),
        after=visit.model_dump(),
    )
    await append(session, says.visited(assignment, visit))
    return visit
