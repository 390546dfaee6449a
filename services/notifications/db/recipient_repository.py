"""Recipients on record: the registry's contacts as last heard, and people named here. Addresses stay sealed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.db.bulk import as_document
from services.notifications.db.tables import Recipient
from services.notifications.domain.recipients import KnownRecipient, RecipientSource
from services.notifications.domain.records import Place

_FORGET = sa.text(
    "DELETE FROM recipients WHERE uscc = :uscc AND source = 'registry' AND id <> ALL(CAST(:ids AS uuid[]))"
)
_KEEP = sa.text(
    "INSERT INTO recipients (id, version, uscc, region_code, park_code, role, source, place, sealed, consents)"
    " SELECT id, 1, :uscc, :region_code, :park_code, role, 'registry', place, sealed, consents"
    " FROM jsonb_to_recordset(CAST(:rows AS jsonb))"
    " AS row (id uuid, role text, place text, sealed text, consents boolean)"
    " ON CONFLICT (id) DO UPDATE SET version = recipients.version + 1, role = excluded.role, place = excluded.place,"
    " sealed = excluded.sealed, consents = excluded.consents, updated_at = clock_timestamp()"
    " WHERE (recipients.role, recipients.sealed, recipients.consents)"
    " <> (excluded.role, excluded.sealed, excluded.consents)"
)
_NAMED = (
    "SELECT id, version, uscc, role, source, place, sealed, consents FROM recipients"
    " WHERE uscc = ANY(CAST(:usccs AS text[]))"
)


async def replace_contacts(session: AsyncSession, place: Place, contacts: Sequence[Mapping[str, Any]]) -> None:
    """Make the registry's contacts of an enterprise these and no others."""
    await session.execute(_FORGET, {"uscc": place.uscc, "ids": [contact["id"] for contact in contacts]})
    if contacts:
        await session.execute(
            _KEEP,
            {
                "uscc": place.uscc,
                "region_code": place.region_code,
                "park_code": place.park_code,
                "rows": as_document(contacts),
            },
        )


async def list_known(session: AsyncSession, usccs: Iterable[str]) -> dict[str, list[KnownRecipient]]:
    """Return the recipients of these enterprises."""
    known: dict[str, list[KnownRecipient]] = {}
    for row in await session.execute(sa.text(_NAMED), {"usccs": list(set(usccs))}):
        fields = dict(row._mapping) | {"source": RecipientSource(row.source)}
        known.setdefault(row.uscc, []).append(KnownRecipient(**fields))
    return known


async def find_named(session: AsyncSession, uscc: str, role: str) -> Recipient | None:
    """Return the person named here for a role, locked for change."""
    columns = Recipient.__table__.c  # type: ignore[attr-defined]
    query = sa.select(Recipient).where(
        columns.uscc == uscc, columns.role == role, columns.source == RecipientSource.NAMED
    )
    found: Recipient | None = (await session.scalars(query.with_for_update())).first()
    return found


async def list_recipients(
    session: AsyncSession,
    *,
    uscc: str | None,
    regions: Sequence[str] | None,
    after: tuple[str, UUID] | None,
    limit: int,
) -> list[Recipient]:
    """Return up to `limit` recipients by enterprise, from after the given key on."""
    columns = Recipient.__table__.c  # type: ignore[attr-defined]
    query = sa.select(Recipient).order_by(columns.uscc, columns.id).limit(limit)
    if uscc is not None:
        query = query.where(columns.uscc == uscc)
    if regions is not None:
        query = query.where(columns.region_code.in_(regions))
    if after is not None:
        query = query.where(sa.tuple_(columns.uscc, columns.id) > sa.tuple_(sa.literal(after[0]), sa.literal(after[1])))
    return list(await session.scalars(query))
