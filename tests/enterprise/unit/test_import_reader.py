"""The rows of a file: the same however they are written, each with its line and all its faults."""

from __future__ import annotations

from datetime import date

import pytest

from services.enterprise.domain.errors import FileRefused
from services.enterprise.domain.importing.reader import ImportReader, count_rows
from services.enterprise.domain.importing.rows import JudgedRow
from services.enterprise.domain.importing.uploads import check_upload
from shared.testing.codes import make_uscc
from tests.enterprise.application import TODAY
from tests.enterprise.files import HEADINGS, csv_bytes, row, xlsx_bytes

A, B, C = (make_uscc(number, office="530921") for number in range(3))


def reader_of(content: bytes, region_code: str | None = "530900", **mapping: str) -> ImportReader:
    return ImportReader(content, check_upload(content), mapping=mapping, region_code=region_code, today=TODAY)


def judged(content: bytes, region_code: str | None = "530900", **mapping: str) -> list[JudgedRow]:
    return reader_of(content, region_code, **mapping).next_chunk(1000)


@pytest.mark.parametrize(
    "content", [csv_bytes([row(A)], encoding=e) for e in ("utf-8-sig", "gbk")] + [xlsx_bytes([row(A)])]
)
def test_a_row_means_the_same_in_every_format(content: bytes) -> None:
    [found] = judged(content)
    assert (found.line, found.errors) == (2, ())
    assert found.data is not None
    assert (found.data.uscc, found.data.registered_on, found.data.registered_capital_fen) == (
        A,
        date(2019, 4, 1),
        500_000_000,
    )
    assert found.data.region_code == "530922", "the county that the address names"


def test_every_fault_of_a_row_is_named_at_once() -> None:
    bad = row("91530921219520246D", name="", registered_on="2030-01-01", capital="五百")
    [found] = judged(csv_bytes([bad]))
    assert found.data is None
    assert {error.column for error in found.errors} == {"统一社会信用代码", "企业名称", "成立日期", "注册资本"}
    assert "第18位校验码" in found.errors[0].detail


def test_a_code_that_excel_made_a_number_of_is_refused_with_the_remedy() -> None:
    number = row(A)
    number[0] = 915309212195202460
    [found] = judged(xlsx_bytes([number]))
    assert "文本" in found.errors[0].detail


def test_lines_are_those_of_the_file_also_with_blank_lines_and_breaks_in_cells() -> None:
    text = csv_bytes([row(A, scope="茶叶\n咖啡"), [""] * 6, row(B)])
    rows = judged(text)
    assert [found.line for found in rows] == [2, 5]
    assert count_rows(text, check_upload(text), reader_of(text).columns) == 2


def test_a_repeated_code_is_a_repeat_where_equal_and_a_contradiction_where_not() -> None:
    rows = judged(csv_bytes([row(A), row(B), row(A), row(B, name="另一名称有限公司")]))
    assert [found.repeats_line for found in rows] == [None, None, 2, None]
    assert "与第3行" in rows[3].errors[0].detail


def test_skipping_gives_the_same_rest_and_remembers_the_codes_passed_over() -> None:
    content = csv_bytes([row(A), row(B), row(A), row(C)])
    reader = reader_of(content)
    reader.skip(2)
    assert reader.next_chunk(10) == judged(content)[2:]


def test_without_any_division_a_row_must_name_its_county() -> None:
    headings = (*HEADINGS, "县区")
    rows = judged(csv_bytes([[*row(A), "530922"], [*row(B), ""], [*row(C), "云县"]], headings), region_code=None)
    assert [found.data is not None for found in rows] == [True, False, False]
    named = judged(csv_bytes([[*row(A), "凤庆县"]], headings))
    assert named[0].data is not None
    assert named[0].data.region_code == "530921"


def test_a_list_without_the_two_columns_it_needs_is_refused() -> None:
    with pytest.raises(FileRefused, match="表头"):
        reader_of(csv_bytes([["甲", "乙"]], ("编号", "单位")))
    found = judged(csv_bytes([[A, "示例有限公司"]], ("编号", "单位")), uscc="编号", name="单位")
    assert found[0].data is not None
