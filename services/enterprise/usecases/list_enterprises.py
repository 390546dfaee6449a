"""List enterprises within the asker's scope."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.enterprise.db.enterprise_queries import ListFilter, find_codes_like, list_enterprise_json
from services.enterprise.domain.errors import wrong_field
from shared.kernel.roles import Scope

_LIKE_SIGNS = str.maketrans({"\\": r"\\", "%": r"\%", "_": r"\_"})


@dataclass(frozen=True)
class Wanted:
    """What the asker wants to see; None does not narrow."""

    as_of: date
    region_code: str | None = None
    park_code: str | None = None
    rung: str | None = None
    q: str | None = None
    expiring_before: date | None = None


async def list_enterprises(
    session: AsyncSession,
    scope: Scope,
    wanted: Wanted,
    *,
    rungs: Collection[str],
    today: date,
    after: str | None,
    limit: int,
) -> list[tuple[str, str]]:
    """Return code and JSON of up to `limit` enterprises after a code, as of a day.

    The scope narrows the query besides row-level security, so that the page comes off an index.
    """
    if wanted.rung is not None and wanted.rung not in rungs:
        raise wrong_field("rung", "unknown_rung", f"没有层级“{wanted.rung}”,可用的有:{'、'.join(sorted(rungs))}")
    conditions: dict[str, Any] = {
        **_scope_conditions(scope),
        **(division_condition(wanted.region_code) if wanted.region_code else {}),
        **(await _search_conditions(session, wanted.q) if wanted.q else {}),
        "park_code": wanted.park_code or scope.park_code,
        "rung": wanted.rung,
        "expiring_before": wanted.expiring_before,
        "after": after,
    }
    given = {name: value for name, value in conditions.items() if value is not None}
    listing = ListFilter(wanted.as_of, wanted.as_of < today, given)
    return await list_enterprise_json(session, listing, limit)


async def _search_conditions(session: AsyncSession, q: str) -> dict[str, Any]:
    """Name the enterprises found where they are few; where they are many, a page fills by looking at each in order."""
    pattern = f"%{q.upper().translate(_LIKE_SIGNS)}%"
    found = await find_codes_like(session, pattern, len(q))
    return {"q": pattern} if found is None else {"found": found}


def division_condition(region_code: str) -> dict[str, str]:
    """Return the condition that holds for a county, or for all below a prefecture or a province."""
    if region_code.endswith("0000"):
        return {"province": region_code[:2]}
    return {"prefecture": region_code[:4]} if region_code.endswith("00") else {"county": region_code}


def _scope_conditions(scope: Scope) -> dict[str, Any]:
    if scope.everything:
        return {}
    if not scope.regions:
        return {"usccs": list(scope.usccs)}
    division = None if scope.usccs else common_division(scope.regions)
    return division_condition(division) if division else {}


def common_division(regions: Sequence[str]) -> str | None:
    """Return the narrowest division that contains all of these, None where they lie in several provinces."""
    if len(regions) == 1 and not regions[0].endswith("00"):
        return regions[0]
    prefectures, provinces = {code[:4] for code in regions}, {code[:2] for code in regions}
    if len(prefectures) == 1:
        return f"{prefectures.pop()}00"
    return f"{provinces.pop()}0000" if len(provinces) == 1 else None
