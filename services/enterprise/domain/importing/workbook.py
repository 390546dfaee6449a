"""The refused rows of an import as a workbook: the file's own columns, reasons beside them, wrong cells in red."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO

import xlsxwriter

from services.enterprise.domain.importing.columns import FIELDS
from services.enterprise.domain.importing.rows import RowError

LINE_HEADING, REASON_HEADING = "原行号", "错误原因"
_PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
_WIDTHS = (20, 60)

RefusedRow = tuple[int, Sequence[str | None], Sequence[RowError]]


def write_error_workbook(headings: Sequence[str], columns: Mapping[str, int], rows: Sequence[RefusedRow]) -> bytes:
    """Return the workbook; every cell is text, so nothing that was pasted into the file runs as a formula."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, _PLAIN)
    head = book.add_format({"bold": True, "text_wrap": True, "bg_color": "#D9E1F2"})
    text, red = book.add_format({"num_format": "@"}), book.add_format({"num_format": "@", "bg_color": "#FFC7CE"})
    sheet = book.add_worksheet("错误行")
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(headings), _WIDTHS[0])
    sheet.set_column(len(headings) + 1, len(headings) + 1, _WIDTHS[1])
    for position, heading in enumerate((*headings, LINE_HEADING, REASON_HEADING)):
        sheet.write_string(0, position, heading, head)
    by_label = {FIELDS[field]: position for field, position in columns.items()}
    for number, (line, cells, errors) in enumerate(rows, start=1):
        wrong = {by_label.get(error.column) for error in errors}
        for position, cell in enumerate(cells[: len(headings)]):
            sheet.write_string(number, position, cell or "", red if position in wrong else text)
        sheet.write_number(number, len(headings), line)
        reasons = ";".join(f"{error.column}:{error.detail}" for error in errors)
        sheet.write_string(number, len(headings) + 1, reasons, text)
    book.close()
    return buffer.getvalue()
