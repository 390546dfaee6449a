"""Who asks: roles, the scope each one sees, and the principal that a verified token becomes."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """The nine kinds of users, and the services themselves."""

    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    CASEWORKER = "caseworker"
    PARK_COMMITTEE = "park_committee"
    SPECIALIST = "specialist"
    SCIENCE_REVIEWER = "science_reviewer"
    FINANCE_REVIEWER = "finance_reviewer"
    GOVERNMENT_APPROVER = "government_approver"
    ENTERPRISE_CONTACT = "enterprise_contact"
    SERVICE = "service"


SEES_EVERYTHING = frozenset({Role.ADMINISTRATOR, Role.AUDITOR, Role.SERVICE})
"""Roles whose reads are not narrowed by region; what they may do is declared by each route."""

BUREAU_ROLES = frozenset({Role.CASEWORKER, Role.SCIENCE_REVIEWER, Role.FINANCE_REVIEWER, Role.GOVERNMENT_APPROVER})
"""Roles that see the divisions of their bureau."""

READERS = frozenset(set(Role) - {Role.SERVICE})
"""Every human role: the usual audience of a read."""


@dataclass(frozen=True)
class Scope:
    """The rows a principal may see: everything, or regions (narrowed to a park), or named enterprises.

    An empty scope sees nothing. `regions` are six-digit county codes, already expanded from prefectures.
    """

    everything: bool = False
    regions: tuple[str, ...] = ()
    park_code: str | None = None
    usccs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Principal:
    """A verified person or service. `person_id` is the human behind possibly several logins."""

    subject: str
    person_id: str
    name: str
    roles: frozenset[Role]
    scope: Scope = field(default_factory=Scope)

    def has_any(self, roles: frozenset[Role]) -> bool:
        """Tell whether the principal holds one of `roles`."""
        return not self.roles.isdisjoint(roles)


SYSTEM = Principal("system", "system", "系统", frozenset({Role.SERVICE}), Scope(everything=True))
"""The worker acting on its own, for audit rows and events nobody in person caused."""
