"""The settings by which PostgreSQL knows, for one transaction, whose rows it may show."""

from __future__ import annotations

import sqlalchemy as sa

from shared.kernel.roles import Principal

SCOPE_SETTINGS = (
    "set_config('app.all', :scope_everything, true), set_config('app.regions', :scope_regions, true),"
    " set_config('app.park', :scope_park, true), set_config('app.usccs', :scope_usccs, true),"
    " set_config('app.writes', :scope_writes, true)"
)
"""What a SELECT has to hold to set the scope; PostgreSQL calls these for their effect even where nobody reads them."""

SET_SCOPE = sa.text(f"SELECT {SCOPE_SETTINGS}")


def scope_settings(principal: Principal, *, writes: bool) -> dict[str, str]:
    """Return the settings that row-level security reads, for one principal."""
    scope = principal.scope
    return {
        "scope_everything": "on" if scope.everything else "",
        "scope_regions": ",".join(scope.regions),
        "scope_park": scope.park_code or "",
        "scope_usccs": ",".join(scope.usccs),
        "scope_writes": "on" if writes else "",
    }
