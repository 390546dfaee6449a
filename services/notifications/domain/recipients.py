"""Who gets the copies of an enterprise's notices: whom it named here, else its contacts. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

READDRESSED_DAYS = 7
"""A contact who becomes known gets copies of what nobody could be sent in so many days, and of nothing older."""


class RecipientSource(StrEnum):
    """Where a recipient comes from: the registry's contacts, or a person named here, which goes first."""

    REGISTRY = "registry"
    NAMED = "named"


PREFERRED_ROLES = ("liaison", "research", "finance", "legal_representative")
"""Of several contacts the first of these is written to; roles not listed come after, by name."""


@dataclass(frozen=True)
class KnownRecipient:
    """A recipient as it is on record: its addresses are sealed, `place` names where they belong."""

    id: UUID
    version: int
    uscc: str
    role: str
    source: RecipientSource
    place: str
    sealed: str
    consents: bool


@dataclass(frozen=True)
class Addressee:
    """Where a copy goes, with the recipient and version it was read from."""

    recipient_id: UUID
    recipient_version: int
    name: str
    address: str


def place_of_contact(contact_id: UUID) -> str:
    """Return the place for which the registry seals a contact."""
    return f"contact|{contact_id}"


def place_of_recipient(recipient_id: UUID) -> str:
    """Return the place for which a person named here is sealed."""
    return f"recipient|{recipient_id}"


def in_order(recipients: Iterable[KnownRecipient]) -> list[KnownRecipient]:
    """Return those who agreed to be written to, in the order in which they are tried."""
    willing = [recipient for recipient in recipients if recipient.consents]
    return sorted(willing, key=_rank)


def _rank(recipient: KnownRecipient) -> tuple[bool, int, str, str]:
    known = recipient.role in PREFERRED_ROLES
    place = PREFERRED_ROLES.index(recipient.role) if known else len(PREFERRED_ROLES)
    return recipient.source is not RecipientSource.NAMED, place, recipient.role, str(recipient.id)


def addressee_of(recipient: KnownRecipient, fields: Mapping[str, str]) -> Addressee | None:
    """Return where to write, None where the recipient has no e-mail address."""
    address = fields.get("email") or ""
    return Addressee(recipient.id, recipient.version, fields.get("name", ""), address) if address else None


def mask(field: str, value: str | None) -> str | None:
    """Return a field as those see it who need not know: 张**, l***@example.com, 138****1234."""
    if not value:
        return value
    if field == "email":
        name, _, domain = value.partition("@")
        return f"{name[:1]}***@{domain}"
    return f"{value[:3]}****{value[-4:]}" if field == "phone" and len(value) >= 9 else value[:1] + "**"
