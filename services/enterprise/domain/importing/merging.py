"""What a good row means for the registry: a new enterprise, changes to a known one, nothing, or a refusal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from services.enterprise.domain.enterprise import Enterprise
from services.enterprise.domain.importing.rows import RowData, RowError
from shared.kernel.roles import Scope

_MERGED = ("name", "registered_on", "registered_capital_fen", "industry_code", "address", "business_scope", "park_code")
"""What a row may change. Never the county: to move an enterprise is a decision, not a cell."""


@dataclass(frozen=True, slots=True)
class ToRegister:
    """The registry does not know this code yet."""

    data: RowData


@dataclass(frozen=True, slots=True)
class ToUpdate:
    """The row says something new about a known enterprise."""

    data: RowData
    changes: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The registry knows all that the row says."""

    data: RowData


@dataclass(frozen=True, slots=True)
class Refused:
    """The row is right, but not for this importer."""

    errors: tuple[RowError, ...]


Outcome = ToRegister | ToUpdate | Unchanged | Refused


def merge(data: RowData, known: Enterprise | None, scope: Scope) -> Outcome:
    """Decide about a row: empty cells never clear what is known, and nobody writes outside the own divisions."""
    if not may_write(scope, known.region_code if known else data.region_code):
        detail = "已登记在您管辖范围之外的县区" if known else f"县区 {data.region_code} 不在您的管辖范围内"
        return Refused((RowError("县区", "out_of_scope", detail),))
    if known is None:
        return ToRegister(data)
    given = {name: getattr(data, name) for name in _MERGED}
    changes = {name: value for name, value in given.items() if value is not None and value != getattr(known, name)}
    return ToUpdate(data, changes) if changes else Unchanged(data)


def may_write(scope: Scope, region_code: str) -> bool:
    """Tell whether a row of this division lies within the importer's scope."""
    return scope.everything or (scope.park_code is None and region_code in scope.regions)
