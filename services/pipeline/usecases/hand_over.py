"""Hand an enterprise over: one assignment ends, the next begins (or none does), the history stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.pipeline import says
from services.pipeline.db import assignment_repository, enterprise_repository, specialist_repository
from services.pipeline.db.tables import Assignment, Specialist
from services.pipeline.domain.assignments import AssignmentState, check_active, check_successor
from services.pipeline.usecases.assign_specialist import begin_assignment
from shared.db.access import withdraw_access
from shared.db.audit import record_change
from shared.events.base import Event
from shared.outbox.append import append_all


async def hand_over(
    session: AsyncSession,
    assignment_id: UUID,
    *,
    successor: UUID | None,
    reason: str,
    today: date,
    check_version: Callable[[int], None],
) -> tuple[Assignment, Assignment | None]:
    """End the assignment and begin the successor's; returns both."""
    found = await assignment_repository.get(session, assignment_id)
    copy = await enterprise_repository.get_locked(session, found.uscc)
    ended = await assignment_repository.get(session, assignment_id, locked=True)
    check_version(ended.version)
    check_active(ended.state, ended.until_on)
    check_successor(ended.specialist_id, successor)
    specialists = await _lock_specialists(session, ended.specialist_id, successor)
    await _end(session, ended, specialists[ended.specialist_id], reason=reason, today=today)
    begun = None
    if successor is not None:
        begun = await begin_assignment(
            session, copy.state, specialists[successor], from_on=today, predecessor_id=ended.id
        )
    facts: list[Event] = [says.handed_over(ended, successor_id=begun.id if begun else None, reason=reason)]
    await append_all(session, [*facts, says.assigned(begun)] if begun else facts)
    return ended, begun


async def _lock_specialists(session: AsyncSession, present: UUID, successor: UUID | None) -> dict[UUID, Specialist]:
    """Lock both specialists in one order for everybody, so that two handovers never wait for each other."""
    wanted = sorted({present, successor} - {None}, key=str)
    return {one: await specialist_repository.get(session, one, locked=True) for one in wanted if one}


async def _end(
    session: AsyncSession, assignment: Assignment, specialist: Specialist, *, reason: str, today: date
) -> None:
    assignment.state = AssignmentState.ENDED
    assignment.until_on = max(today, assignment.from_on)
    assignment.end_reason = reason
    assignment.version += 1
    specialist.served_count -= 1
    await assignment_repository.flush(session)
    if assignment.login is not None:
        await withdraw_access(session, assignment.login, assignment.uscc)
    await record_change(
        session,
        action="assignment.ended",
        aggregate="assignment",
        aggregate_id=str(assignment.id),
        before={"state": AssignmentState.ACTIVE},
        after={"state": assignment.state, "until_on": assignment.until_on},
        reason=reason,
    )
