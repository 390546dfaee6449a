"""Claims become a principal: roles by name, scope from regions, park or enterprises. The unknown grants nothing."""

from __future__ import annotations

from typing import Any

from shared.kernel.regions import expand_region
from shared.kernel.roles import BUREAU_ROLES, SEES_EVERYTHING, Principal, Role, Scope


def principal_of(claims: dict[str, Any]) -> Principal:
    """Return the principal that verified claims describe."""
    known = {role.value for role in Role}
    roles = frozenset(Role(name) for name in _texts(claims.get("roles")) if name in known)
    subject = str(claims["sub"])
    return Principal(
        subject=subject,
        person_id=str(claims.get("person_id") or subject),
        name=str(claims.get("name") or subject),
        roles=roles,
        scope=scope_of(roles, claims),
    )


def scope_of(roles: frozenset[Role], claims: dict[str, Any]) -> Scope:
    """Return what these roles see: the widest that any one of them grants, and nothing without a grant."""
    if not roles.isdisjoint(SEES_EVERYTHING):
        return Scope(everything=True)
    regions = tuple(sorted({code for given in _texts(claims.get("regions")) for code in expand_region(given)}))
    if not roles.isdisjoint(BUREAU_ROLES):
        return Scope(regions=regions)
    park_code = claims.get("park_code")
    if Role.PARK_COMMITTEE in roles and isinstance(park_code, str) and park_code:
        return Scope(regions=regions, park_code=park_code)
    if Role.ENTERPRISE_CONTACT in roles:
        return Scope(usccs=tuple(_texts(claims.get("usccs"))))
    return Scope()


def _texts(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
