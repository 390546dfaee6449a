"""Divisions: present ones, abolished codes resolved, counties found in addresses."""

from __future__ import annotations

import pytest

from shared.kernel.regions import covers, expand_region, find_county_in, find_region


@pytest.mark.parametrize(
    ("code", "present"), [("530921", "530921"), ("533522", "530921"), ("532401", "530400"), ("620723", "620723")]
)
def test_a_code_leads_to_the_present_division(code: str, present: str) -> None:
    region = find_region(code)
    assert region is not None
    assert region.code == present


@pytest.mark.parametrize("code", ["999999", "", "53092", "abcdef", "000000"])
def test_an_unknown_code_is_unknown(code: str) -> None:
    assert find_region(code) is None


def test_a_prefecture_covers_its_counties_and_no_others() -> None:
    assert covers("530900", "530921")
    assert not covers("530900", "530402")
    assert expand_region("620723") == ("620723",)
    assert len(expand_region("530900")) == 9


@pytest.mark.parametrize(
    ("address", "county"),
    [("云南省临沧市凤庆县勐佑镇习谦村", "530921"), ("耿马县孟定镇", "530926"), ("临沧市世纪路", None), ("", None)],
)
def test_an_address_names_its_county(address: str, county: str | None) -> None:
    found = find_county_in(address, within="530900")
    assert (found.code if found else None) == county
