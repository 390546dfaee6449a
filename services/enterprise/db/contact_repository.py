"""Contacts in the database: sealed, replaced as a whole."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.enterprise.domain.enterprise import Enterprise
from shared.events.enterprise import ContactState

_DELETE = sa.text("DELETE FROM contacts WHERE uscc = :uscc")
_INSERT = sa.text(
    "INSERT INTO contacts (id, uscc, region_code, park_code, role, sealed, consent)"
    " VALUES (:id, :uscc, :region_code, :park_code, :role, :sealed, :consent)"
)
_SELECT = sa.text("SELECT id, role, sealed, consent FROM contacts WHERE uscc = :uscc ORDER BY role, id")


async def replace_contact_rows(session: AsyncSession, enterprise: Enterprise, contacts: Sequence[ContactState]) -> None:
    """Put these contacts in the place of those there were."""
    place = {"uscc": enterprise.uscc, "region_code": enterprise.region_code, "park_code": enterprise.park_code}
    await session.execute(_DELETE, {"uscc": enterprise.uscc})
    if contacts:
        await session.execute(_INSERT, [{**place, **contact.model_dump()} for contact in contacts])


async def list_contact_rows(session: AsyncSession, uscc: str) -> list[ContactState]:
    """Return the contacts of an enterprise, sealed."""
    rows = await session.execute(_SELECT, {"uscc": uscc})
    return [ContactState(**row) for row in rows.mappings()]
