"""An enterprise's duties that still have to be done, as a calendar."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.db import duty_repository, enterprise_repository
from services.notifications.domain.calendars import CalendarEntry, build_calendar
from shared.kernel.errors import NotFound


async def show_calendar(session: AsyncSession, uscc: str) -> bytes:
    """Return the iCalendar text of an enterprise inside the asker's scope."""
    found = await enterprise_repository.find_place(session, uscc)
    if found is None:
        raise NotFound("没有这家企业,或不在您的管辖范围内")
    entries = [
        CalendarEntry(
            duty_id=duty["id"],
            version=duty["version"],
            title=f"{duty['label']}({found[1]})",
            description=f"依据:{duty['clause']}",
            due_on=duty["due_on"],
            changed_at=duty["updated_at"],
        )
        for duty in await duty_repository.list_awaited_of(session, uscc)
    ]
    return build_calendar(f"{found[1]} 事项日历", entries)
