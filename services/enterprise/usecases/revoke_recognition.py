"""Record that an authority revoked a recognition."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.enterprise import says
from services.enterprise.db.recognition_repository import find_holder
from services.enterprise.domain.enterprise import Enterprise, Recognition
from services.enterprise.domain.errors import RecognitionNotFound
from services.enterprise.domain.recognitions import check_revocation, resequenced
from services.enterprise.usecases.changing import Entry, Register, conclude, open_enterprise


async def revoke_recognition(
    session: AsyncSession,
    register: Register,
    recognition_id: UUID,
    *,
    revoked_on: date,
    reason: str,
    document: str | None,
) -> tuple[Enterprise, Recognition]:
    """End the recognition from its legal date on; the rung of every day since follows."""
    uscc = await find_holder(session, recognition_id)
    if uscc is None:
        raise RecognitionNotFound("没有这项认定,或不在您的管辖范围内")
    before = await open_enterprise(session, uscc)
    granted = next(r for r in before.recognitions if r.id == recognition_id)
    check_revocation(granted, revoked_on, today=register.today)
    revoked = replace(granted, revoked_on=revoked_on, revocation_reason=reason, revocation_document=document)
    recognitions = resequenced([revoked if r.id == recognition_id else r for r in before.recognitions])
    placed = next(r for r in recognitions if r.id == recognition_id)
    entry = Entry("recognition.revoke", {"id": granted.id}, {"revoked_on": revoked_on, "document": document}, reason)
    announcement = says.recognition_revoked(placed, revoked_on=revoked_on, reason=reason)
    after = replace(before, recognitions=recognitions)
    return await conclude(session, register, before, after, [announcement], entry), placed
