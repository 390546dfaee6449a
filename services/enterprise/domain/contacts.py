"""Contacts of an enterprise by role; whoever need not know sees masks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from shared.kernel.roles import Role


class ContactRole(StrEnum):
    """What the person answers for."""

    LEGAL_REPRESENTATIVE = "legal_representative"
    FINANCE = "finance"
    RESEARCH = "research"
    LIAISON = "liaison"


MAY_SEE_CONTACTS = frozenset({Role.ADMINISTRATOR, Role.CASEWORKER, Role.SPECIALIST, Role.ENTERPRISE_CONTACT})
"""Roles that ring or write to these people; all others see masks."""


@dataclass(frozen=True, slots=True)
class Contact:
    """One person in clear; stored and sent only sealed."""

    id: UUID
    role: ContactRole
    name: str
    phone: str | None
    email: str | None
    consent: bool


def sealing_place(contact_id: UUID) -> str:
    """Return the place a contact's sealed fields are bound to; the notifications service opens them with the same."""
    return f"contact|{contact_id}"


def masked(contact: Contact) -> Contact:
    """Return the contact as those see it who need not know: 张**, 138****1234, l***@example.com."""
    return replace(
        contact,
        name=contact.name[:1] + "*" * max(len(contact.name) - 1, 1),
        phone=contact.phone and _mask_phone(contact.phone),
        email=contact.email and _mask_email(contact.email),
    )


def _mask_phone(phone: str) -> str:
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 9 else "****"


def _mask_email(email: str) -> str:
    name, _, domain = email.partition("@")
    return f"{name[:1]}***@{domain}"
