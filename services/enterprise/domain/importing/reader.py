"""The rows of an uploaded file, judged chunk by chunk. The same file always gives the same rows in the same order."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain, islice

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from services.enterprise.domain.errors import FileRefused
from services.enterprise.domain.importing.cells import Cell
from services.enterprise.domain.importing.columns import HEADING_SEARCH_ROWS, Columns, find_columns
from services.enterprise.domain.importing.rows import JudgedRow, RowData, RowError, RowJudge
from services.enterprise.domain.importing.uploads import FileFormat, find_encoding

MAX_ROWS = 300_000
_MAX_COLUMNS = 256

Row = tuple[int, Sequence[Cell]]
"""A row's line number in the file, from 1, and its cells."""


class ImportReader:
    """Reads one file once, from the first row of data to the last. A repeated code is noticed wherever it stands."""

    def __init__(
        self,
        content: bytes,
        file_format: FileFormat,
        *,
        mapping: Mapping[str, str],
        region_code: str | None,
        today: date,
    ) -> None:
        rows = _read_csv(content) if file_format is FileFormat.CSV else _read_workbook(content)
        first = list(islice(rows, HEADING_SEARCH_ROWS))
        index, self.columns = find_columns(first, mapping)
        self._rows = chain(first[index + 1 :], rows)
        self._judge = RowJudge(self.columns, region_code, today)
        self._seen: dict[str, tuple[int, int]] = {}

    def next_chunk(self, size: int) -> list[JudgedRow]:
        """Return up to `size` judged rows; an empty list at the end."""
        return [self._check_repeat(self._judge.judge(line, cells)) for line, cells in islice(self._rows, size)]

    def skip(self, count: int) -> None:
        """Pass over rows that an earlier run has taken; they are judged again, for their codes are needed."""
        while count > 0:
            count -= len(self.next_chunk(min(count, 1000))) or count

    def _check_repeat(self, row: JudgedRow) -> JudgedRow:
        if row.data is None:
            return row
        mark = hash(replace(row.data, notes=()))
        line, earlier = self._seen.setdefault(row.data.uscc, (row.line, mark))
        if line == row.line:
            return row
        if mark == earlier:
            return replace(row, repeats_line=line)
        return replace(row, data=None, errors=(_contradiction(row.data, line),))


def count_rows(content: bytes, file_format: FileFormat, columns: Columns) -> int:
    """Return how many rows of data there are; for a workbook, how many there may be at most."""
    if file_format is FileFormat.XLSX:
        return max(int(_open_sheet(content).total_height) - columns.heading_line, 0)
    return sum(1 for line, _ in _read_csv(content) if line > columns.heading_line)


def _contradiction(data: RowData, line: int) -> RowError:
    detail = f"与第{line}行的统一社会信用代码相同({data.uscc}),内容却不同"
    return RowError("统一社会信用代码", "contradicts_earlier_row", detail)


def _read_csv(content: bytes) -> Iterator[Row]:
    encoding = find_encoding(content)
    if encoding is None:
        raise FileRefused("不是 UTF-8 或 GBK 编码的文本")
    text = io.TextIOWrapper(io.BytesIO(content), encoding, newline="")
    first_line = text.readline()
    text.seek(0)
    reader = csv.reader(text, delimiter=max(",\t;", key=first_line.count))
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield _checked(line, cells)
            line = reader.line_num + 1
    except csv.Error as error:
        raise FileRefused(f"第{line}行起的内容不是正确的 CSV(引号或字段长度有误)") from error


def _read_workbook(content: bytes) -> Iterator[Row]:
    sheet = _open_sheet(content)
    for line, cells in enumerate(sheet.iter_rows(), start=1):
        if any(cell not in ("", None) for cell in cells):
            yield _checked(line, cells)


def _open_sheet(content: bytes) -> CalamineSheet:
    """Return the first sheet that people see."""
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        shown = [sheet.name for sheet in workbook.sheets_metadata if sheet.visible is SheetVisibleEnum.Visible]
        if not shown:
            raise FileRefused("工作簿里没有可见的工作表")
        return workbook.get_sheet_by_name(shown[0])
    except CalamineError as error:
        raise FileRefused("工作簿已损坏,不能读取") from error


def _checked(line: int, cells: Sequence[Cell]) -> Row:
    if line > MAX_ROWS or len(cells) > _MAX_COLUMNS:
        raise FileRefused(f"最多{MAX_ROWS}行、{_MAX_COLUMNS}列,请分成几个文件")
    return line, cells
