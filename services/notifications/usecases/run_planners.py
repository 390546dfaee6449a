"""Run the planners for a business date: rules, overdue duties, due notices. The same date twice changes nothing."""

from __future__ import annotations

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications import says
from services.notifications.db import duty_repository, notice_repository, run_repository
from services.notifications.db.tables import Run
from services.notifications.domain.handbook import Handbook
from services.notifications.usecases.refresh_rules import refresh_rules
from services.notifications.usecases.send_due_notices import send_due_notices
from shared.kernel.errors import Invalid
from shared.outbox import append_all


class FutureDateRefused(Invalid):
    """Only a system on trial may be told that it is later than it is."""

    code = "future_date_refused"
    title = "不能以未来的日期运行"


async def run_planners(
    session: AsyncSession, handbook: Handbook, *, as_of: date, requested_by: str, limit: int | None = None
) -> Run:
    """Do everything that is due by `as_of`, at most `limit` notices of it; returns what was done.

    What is due is a matter of rows, not of the date of the last run: days without a run are caught up in one pass,
    and a run for a day before the last one finds nothing to do.
    """
    await run_repository.lock_planners(session)
    replanned = await refresh_rules(session, handbook, today=as_of)
    overdue = await duty_repository.mark_overdue(session, as_of)
    await append_all(session, [says.duty_overdue(record) for record in overdue])
    skipped_count = await notice_repository.skip_superseded(session, as_of)
    sent_count = await send_due_notices(session, handbook, as_of, limit=limit)
    await run_repository.move_marks(session, handbook.rules.duty_kinds, as_of)
    return Run(
        as_of=as_of,
        requested_by=requested_by,
        planned_count=replanned.planned_count,
        sent_count=sent_count,
        withdrawn_count=replanned.withdrawn_count,
        skipped_count=skipped_count,
        overdue_count=len(overdue),
    )


async def keep_run(session: AsyncSession, run: Run) -> Run:
    """Put a run on record."""
    session.add(run)
    await session.flush()
    return run


async def keep_notable_run(session: AsyncSession, run: Run) -> None:
    """Put a run on record that did something, or was the first for its date."""
    counts = (run.planned_count, run.sent_count, run.withdrawn_count, run.skipped_count, run.overdue_count)
    if any(counts) or not await run_repository.has_run(session, run.as_of):
        await keep_run(session, run)


def refuse_future(as_of: date, today: date, *, allowed: bool) -> None:
    """Refuse a business date that has not come, unless this system is on trial."""
    if as_of > today and not allowed:
        raise FutureDateRefused(f"今天是 {today.isoformat()},正式系统只能运行到今天")
