"""Take over an enterprise's contacts, sealed as they came."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.db import delivery_repository, recipient_repository
from services.notifications.domain.recipients import READDRESSED_DAYS, place_of_contact
from services.notifications.domain.records import Place
from shared.events.enterprise import ContactsChanged


async def replace_contacts(session: AsyncSession, event: ContactsChanged) -> None:
    """Make the registry's contacts of the enterprise those of the event; they get what nobody could be sent lately."""
    enterprise = event.enterprise
    rows = [
        {
            "id": contact.id,
            "role": contact.role,
            "place": place_of_contact(contact.id),
            "sealed": contact.sealed,
            "consents": contact.consent,
        }
        for contact in event.contacts
    ]
    place = Place(enterprise.uscc, enterprise.region_code, enterprise.park_code)
    await recipient_repository.replace_contacts(session, place, rows)
    if rows:
        await delivery_repository.readdress(session, enterprise.uscc, days=READDRESSED_DAYS)
