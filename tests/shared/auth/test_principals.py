"""Claims to scope: each role sees its part, and what is missing or unknown grants nothing."""

from __future__ import annotations

from typing import Any

import pytest

from shared.auth.principals import principal_of
from shared.kernel.roles import Role, Scope


def _scope(**claims: Any) -> Scope:
    return principal_of({"sub": "u", **claims}).scope


@pytest.mark.parametrize("role", ["administrator", "auditor", "service"])
def test_administrators_auditors_and_services_see_everything(role: str) -> None:
    assert _scope(roles=[role]).everything


@pytest.mark.parametrize("role", ["caseworker", "science_reviewer", "finance_reviewer", "government_approver"])
def test_a_bureau_sees_its_divisions(role: str) -> None:
    scope = _scope(roles=[role], regions=["530900"])
    assert "530921" in scope.regions
    assert not scope.everything
    assert scope.park_code is None


def test_a_committee_sees_its_park_and_without_a_park_nothing() -> None:
    assert _scope(roles=["park_committee"], regions=["530900"], park_code="P1").park_code == "P1"
    assert _scope(roles=["park_committee"], regions=["530900"]) == Scope()


def test_a_contact_sees_the_own_enterprise() -> None:
    assert _scope(roles=["enterprise_contact"], usccs=["91X"], regions=["530900"]) == Scope(usccs=("91X",))


@pytest.mark.parametrize(
    "claims", [{}, {"roles": "administrator"}, {"roles": ["root"]}, {"roles": [["administrator"]]}, {"roles": None}]
)
def test_unknown_or_malformed_roles_see_nothing(claims: dict[str, Any]) -> None:
    principal = principal_of({"sub": "u", "regions": ["530900"], **claims})
    assert (principal.roles, principal.scope) == (frozenset(), Scope())


def test_the_widest_of_several_roles_holds() -> None:
    scope = _scope(roles=["park_committee", "caseworker"], regions=["530900"], park_code="P1")
    assert scope.park_code is None
    assert principal_of({"sub": "u", "roles": ["caseworker", "root"]}).roles == {Role.CASEWORKER}
