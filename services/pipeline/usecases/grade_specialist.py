"""Record the grade a panel gave a specialist for a year; awards turns it into money."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.pipeline import says
from services.pipeline.db import specialist_repository
from services.pipeline.db.tables import SpecialistGrade
from services.pipeline.domain.assignments import AlreadyGraded
from services.pipeline.domain.specialists import SpecialistRules, check_grading_day
from shared.db.audit import record_change
from shared.kernel.roles import Principal
from shared.outbox.append import append


async def grade_specialist(
    session: AsyncSession,
    specialist_id: UUID,
    *,
    year: int,
    grade: str,
    graded_on: date | None,
    rules: SpecialistRules,
    today: date,
    by: Principal,
) -> SpecialistGrade:
    """Record the grade, or raise AlreadyGraded: one grade a year."""
    given = rules.get_grade(grade)
    day = graded_on or today
    check_grading_day(day, year, today)
    specialist = await specialist_repository.get(session, specialist_id, locked=True)
    earlier = await specialist_repository.find_grade(session, specialist_id, year)
    if earlier is not None:
        raise AlreadyGraded(f"{specialist.name} {year} 年度已于 {earlier.graded_on} 定为 {earlier.grade}")
    record = SpecialistGrade(
        specialist_id=specialist_id,
        year=year,
        region_code=specialist.region_code,
        grade=given.id,
        graded_on=day,
        graded_by=by.subject,
    )
    specialist.version += 1
    await specialist_repository.add_grade(session, record)
    await record_change(
        session,
        action="specialist.graded",
        aggregate="specialist",
        aggregate_id=str(specialist_id),
        after=record.model_dump(),
    )
    await append(session, says.graded(specialist, year=year, grade=given.id, graded_on=day))
    return record
