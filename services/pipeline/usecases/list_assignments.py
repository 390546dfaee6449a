"""Look at assignments and the service log; a specialist sees only his own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.pipeline.db import assignment_repository
from services.pipeline.db.tables import Assignment
from services.pipeline.domain.assignments import AssignmentState, check_own, own_login
from shared.kernel.roles import Principal


@dataclass(frozen=True)
class AssignmentFilter:
    """Which assignments to show; what is None does not narrow."""

    uscc: str | None = None
    specialist_id: UUID | None = None
    state: AssignmentState | None = None


async def list_assignments(
    session: AsyncSession, wanted: AssignmentFilter, *, by: Principal, after: UUID | None, limit: int
) -> list[dict[str, Any]]:
    """Return up to limit + 1 assignments in the order in which they began."""
    return await assignment_repository.list_page(
        session,
        uscc=wanted.uscc,
        specialist_id=wanted.specialist_id,
        state=wanted.state,
        login=own_login(by),
        after=after,
        most=limit + 1,
    )


async def get_assignment(session: AsyncSession, assignment_id: UUID, *, by: Principal) -> Assignment:
    """Return one assignment, or raise NotFound."""
    assignment = await assignment_repository.get(session, assignment_id)
    check_own(by, assignment.login)
    return assignment


async def list_visits(
    session: AsyncSession, assignment_id: UUID, *, by: Principal, after: UUID | None, limit: int
) -> list[dict[str, Any]]:
    """Return up to limit + 1 visits of an assignment in the order in which they were logged."""
    await get_assignment(session, assignment_id, by=by)
    return await assignment_repository.list_visits(session, assignment_id, after=after, most=limit + 1)
