"""Replace the contacts of an enterprise."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.enterprise import says
from services.enterprise.db.contact_repository import replace_contact_rows
from services.enterprise.domain.contacts import Contact, masked, sealing_place
from services.enterprise.domain.enterprise import Enterprise
from services.enterprise.usecases.changing import Entry, Register, conclude
from shared.events.enterprise import ContactState
from shared.kernel.sealing import Sealer


async def replace_contacts(
    session: AsyncSession, register: Register, sealer: Sealer, before: Enterprise, contacts: Sequence[Contact]
) -> Enterprise:
    """Store the contacts sealed and announce them sealed; the audit entry shows masks only."""
    sealed = [seal_contact(sealer, contact) for contact in contacts]
    await replace_contact_rows(session, before, sealed)
    shown = [{"role": c.role, "name": c.name, "consent": c.consent} for c in map(masked, contacts)]
    entry = Entry("contacts.replace", None, {"contacts": shown})
    return await conclude(session, register, before, before, [says.contacts_changed(sealed)], entry)


def seal_contact(sealer: Sealer, contact: Contact) -> ContactState:
    """Return the contact as it is stored and sent: name, phone and e-mail sealed for this contact alone."""
    fields = {"name": contact.name, "phone": contact.phone or "", "email": contact.email or ""}
    sealed = sealer.seal(fields, place=sealing_place(contact.id))
    return ContactState(id=contact.id, role=contact.role, sealed=sealed, consent=contact.consent)
