"""Who may sign in at the local issuer, and what a token says about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.kernel.roles import Role


@dataclass(frozen=True)
class Account:
    """A person's login. `person_id` is the human behind it; `label_zh` tells on the sign-in page what it is for."""

    login: str
    person_id: str
    name: str
    role: Role
    password_hash: str
    regions: tuple[str, ...] = ()
    park_code: str | None = None
    usccs: tuple[str, ...] = ()
    label_zh: str = ""

    def claims(self) -> dict[str, Any]:
        """Return the claims that a token of this account carries."""
        return {
            "sub": self.login,
            "person_id": self.person_id,
            "name": self.name,
            "roles": [self.role.value],
            "regions": list(self.regions),
            "park_code": self.park_code,
            "usccs": list(self.usccs),
        }


Accounts = Mapping[str, Account]


def service_claims(client_id: str) -> dict[str, Any]:
    """Return the claims of a service that speaks for itself."""
    return {
        "sub": f"service-{client_id}",
        "person_id": f"service-{client_id}",
        "name": client_id,
        "roles": [Role.SERVICE.value],
        "regions": [],
        "park_code": None,
        "usccs": [],
    }
