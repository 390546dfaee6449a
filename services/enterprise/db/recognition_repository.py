"""Recognitions in the database: new ones added, changed ones (sequence, lapse, revocation) written over."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.enterprise.domain.enterprise import Enterprise, Recognition

_COLUMNS = (
    "id, kind, level, certificate_number, issuer, document, issued_on, valid_until_on, sequence, lapse_said,"
    " revoked_on, revocation_reason, revocation_document"
)
_NAMES = tuple(_COLUMNS.replace(" ", "").split(","))

_INSERT = sa.text(
    f"INSERT INTO recognitions (uscc, region_code, park_code, {_COLUMNS})"  # noqa: S608 - constants only
    f" VALUES (:uscc, :region_code, :park_code, {', '.join(':' + name for name in _NAMES)})"
)
_UPDATE = sa.text(
    "UPDATE recognitions SET sequence = :sequence, lapse_said = :lapse_said, revoked_on = :revoked_on,"
    " revocation_reason = :revocation_reason, revocation_document = :revocation_document WHERE id = :id"
)
_OWNER = sa.text("SELECT uscc FROM recognitions WHERE id = :id")


async def save_recognitions(session: AsyncSession, before: Enterprise, after: Enterprise) -> None:
    """Add the recognitions that `before` had not, and write over those that changed."""
    known = {recognition.id: recognition for recognition in before.recognitions}
    added = [r for r in after.recognitions if r.id not in known]
    changed = [r for r in after.recognitions if r.id in known and r != known[r.id]]
    place = {"uscc": after.uscc, "region_code": after.region_code, "park_code": after.park_code}
    if added:
        await session.execute(_INSERT, [{**place, **_values(r)} for r in added])
    if changed:
        await session.execute(_UPDATE, [_values(r) for r in changed])


async def find_owner(session: AsyncSession, recognition_id: UUID) -> str | None:
    """Return the code of the enterprise that holds the recognition, None where it is not within the asker's scope."""
    uscc: str | None = await session.scalar(_OWNER, {"id": recognition_id})
    return uscc


def _values(recognition: Recognition) -> dict[str, Any]:
    return {name: getattr(recognition, name) for name in _NAMES}
