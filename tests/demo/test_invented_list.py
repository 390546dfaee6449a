import csv
import io

import pytest

from deploy.demo.invented_list import HEADINGS, invented_list
from services.console.domain.demo_accounts import JURISDICTIONS
from services.enterprise.domain.importing.columns import find_columns
from services.enterprise.domain.importing.rows import JudgedRow, RowJudge
from shared.kernel.clock import SystemClock

FAULTS = 7


def judged(region_code: str, rows: int) -> list[JudgedRow]:
    lines = list(csv.reader(io.StringIO(invented_list(region_code, rows=rows).decode("utf-8-sig"))))
    numbered = list(enumerate(lines, start=1))
    heading, columns = find_columns(numbered, {})
    judge = RowJudge(columns, region_code, SystemClock().today())
    return [judge.judge(number, cells) for number, cells in numbered[heading + 1 :]]


@pytest.mark.parametrize("region_code", [jurisdiction.code for jurisdiction in JURISDICTIONS])
def test_the_list_holds_good_rows_and_seven_different_faults(region_code: str) -> None:
    results = judged(region_code, 80)
    refused = [row for row in results if row.data is None]
    assert len(results) == 80 + FAULTS
    assert len(refused) == FAULTS
    assert len({row.errors[0].detail for row in refused}) == FAULTS


def test_trade_unions_and_branches_are_among_the_good_rows() -> None:
    kinds = {row.data.entity_kind.value for row in judged("530900", 80) if row.data}
    assert {"enterprise", "trade_union", "branch"} <= kinds


def test_no_code_and_no_name_comes_twice() -> None:
    data = [row.data for row in judged("530900", 300) if row.data]
    assert len({item.uscc for item in data}) == len({item.name for item in data}) == 300


def test_every_name_says_that_it_is_invented() -> None:
    assert all("虚构" in row.data.name for row in judged("371300", 60) if row.data)


def test_the_contacts_enterprise_is_not_in_the_list() -> None:
    """It is registered by itself, so that its contact finds it whatever list is imported."""
    own = {jurisdiction.enterprise_uscc for jurisdiction in JURISDICTIONS}
    assert not own & {row.data.uscc for row in judged("530900", 300) if row.data}


def test_the_headings_are_what_offices_write() -> None:
    assert "注册资本(万元)" in HEADINGS
