"""Whose board it is: what was asked for, cut to what the asker may see."""

from __future__ import annotations

from dataclasses import dataclass

from shared.kernel.errors import Forbidden
from shared.kernel.regions import expand_region
from shared.kernel.roles import Principal


class OutsideYourTerritory(Forbidden):
    """The board asked for lies outside the asker's divisions or park."""

    code = "outside_your_territory"
    title = "只能查看本辖区、本园区的看板"


@dataclass(frozen=True)
class BoardScope:
    """The divisions and the park that a board counts; None means all of them."""

    region_codes: tuple[str, ...] | None
    park_code: str | None


def board_scope(principal: Principal, *, region_code: str | None, park_code: str | None) -> BoardScope:
    """Return what to count: a committee gets its own park whatever it asks, a bureau its own divisions."""
    asked = set(expand_region(region_code)) if region_code else None
    if principal.scope.everything:
        return BoardScope(_ordered(asked), park_code)
    own = set(principal.scope.regions)
    if not own:
        raise OutsideYourTerritory("您的角色没有辖区看板")
    if asked is not None and not asked & own:
        raise OutsideYourTerritory(f"{region_code} 不在您的辖区内")
    if principal.scope.park_code and park_code not in (None, principal.scope.park_code):
        raise OutsideYourTerritory(f"园区 {park_code} 不是您的园区")
    return BoardScope(_ordered(own if asked is None else asked & own), principal.scope.park_code or park_code)


def _ordered(codes: set[str] | None) -> tuple[str, ...] | None:
    return None if codes is None else tuple(sorted(codes))
