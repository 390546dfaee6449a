"""Name a person who gets the copies of an enterprise's notices: a re-route, never a way to mute them."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.db import delivery_repository, enterprise_repository, recipient_repository
from services.notifications.db.tables import Recipient
from services.notifications.domain.recipients import READDRESSED_DAYS, RecipientSource, place_of_recipient
from shared.db.audit import record_change
from shared.kernel.errors import NotFound
from shared.kernel.sealing import Sealer


async def name_recipient(
    session: AsyncSession, sealer: Sealer, *, uscc: str, role: str, fields: Mapping[str, str]
) -> tuple[Recipient, bool]:
    """Name a person for a role, or replace whom the role had; tells whether the role is new. The address is sealed."""
    found = await enterprise_repository.find_place(session, uscc)
    if found is None:
        raise NotFound("没有这家企业,或不在您的管辖范围内")
    place = found[0]
    recipient = await recipient_repository.find_named(session, uscc, role)
    is_new = recipient is None
    if recipient is None:
        new_id = uuid4()
        recipient = Recipient(
            id=new_id,
            version=0,
            uscc=uscc,
            region_code=place.region_code,
            park_code=place.park_code,
            role=role,
            source=RecipientSource.NAMED,
            place=place_of_recipient(new_id),
            sealed="",
            consents=True,
        )
        session.add(recipient)
    recipient.version += 1
    recipient.sealed = sealer.seal(fields, place=recipient.place)
    await session.flush()
    await delivery_repository.readdress(session, uscc, days=READDRESSED_DAYS)
    after = {"uscc": uscc, "role": role, "version": recipient.version, "fields": sorted(fields)}
    await record_change(
        session, action="name_recipient", aggregate="recipient", aggregate_id=str(recipient.id), after=after
    )
    return recipient, is_new
