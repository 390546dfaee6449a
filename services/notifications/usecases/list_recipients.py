"""List recipients, their addresses opened or masked."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.db import recipient_repository
from services.notifications.db.tables import Recipient
from shared.kernel.regions import expand_region
from shared.kernel.sealing import CannotUnseal, Sealer


async def list_recipients(
    session: AsyncSession, *, uscc: str | None, region_code: str | None, after: tuple[str, UUID] | None, limit: int
) -> list[Recipient]:
    """Return up to `limit` recipients by enterprise."""
    regions = expand_region(region_code) if region_code else None
    return await recipient_repository.list_recipients(session, uscc=uscc, regions=regions, after=after, limit=limit)


def open_recipient(recipient: Recipient, sealer: Sealer) -> Mapping[str, str]:
    """Return a recipient's fields in clear; nothing where they were sealed with a key that is gone."""
    try:
        return sealer.unseal(recipient.sealed, place=recipient.place)
    except CannotUnseal:
        return {}
