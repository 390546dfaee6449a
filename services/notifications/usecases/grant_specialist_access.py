"""Let a specialist see the enterprise served, and end that with the assignment."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.access import grant_access, withdraw_access
from shared.events.pipeline import AssignmentState


async def grant_specialist_access(session: AsyncSession, assignment: AssignmentState) -> None:
    """Open the enterprise to the login that the assignment names, if it names one."""
    if assignment.login:
        await grant_access(session, assignment.login, assignment.uscc)


async def withdraw_specialist_access(session: AsyncSession, assignment: AssignmentState) -> None:
    """Close it again."""
    if assignment.login:
        await withdraw_access(session, assignment.login, assignment.uscc)
