"""The settings by which PostgreSQL knows, for one transaction, whose rows it may show."""

from __future__ import annotations

import sqlalchemy as sa

from shared.kernel.roles import Principal

SET_SCOPE = sa.text(
    "SELECT set_config('app.all', :everything, true), set_config('app.regions', :regions, true),"
    " set_config('app.park', :park, true), set_config('app.usccs', :usccs, true),"
    " set_config('app.writes', :writes, true)"
)


def scope_settings(principal: Principal, *, writes: bool) -> dict[str, str]:
    """Return the settings that row-level security reads, for one principal."""
    scope = principal.scope
    return {
        "everything": "on" if scope.everything else "",
        "regions": ",".join(scope.regions),
        "park": scope.park_code or "",
        "usccs": ",".join(scope.usccs),
        "writes": "on" if writes else "",
    }
