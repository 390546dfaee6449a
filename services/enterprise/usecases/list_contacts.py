"""List the contacts of an enterprise."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from services.enterprise.db.contact_repository import list_contact_rows
from services.enterprise.domain.contacts import MAY_SEE_CONTACTS, Contact, ContactRole, masked, sealing_place
from shared.events.enterprise import ContactState
from shared.kernel.roles import Principal
from shared.kernel.sealing import Sealer


async def list_contacts(session: AsyncSession, sealer: Sealer, principal: Principal, uscc: str) -> list[Contact]:
    """Return the contacts in clear for those who work with them, masked for all others."""
    contacts = [open_contact(sealer, state) for state in await list_contact_rows(session, uscc)]
    return contacts if principal.has_any(MAY_SEE_CONTACTS) else [masked(contact) for contact in contacts]


def open_contact(sealer: Sealer, state: ContactState) -> Contact:
    """Return a stored contact in clear."""
    fields = sealer.unseal(state.sealed, place=sealing_place(state.id))
    return Contact(
        id=state.id,
        role=ContactRole(state.role),
        name=fields["name"],
        phone=fields["phone"] or None,
        email=fields["email"] or None,
        consent=state.consent,
    )
