"""A list as a table, as JSON or as CSV: the same columns, written while the pages arrive."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import typer

from deploy.tidu.terminal import Terminal

TABLE_ROWS = 200
"""A table longer than this is read by nobody; JSON and CSV have no such end."""

_RISKY = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")

Item = dict[str, Any]


class Form(StrEnum):
    """How a list is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


@dataclass(frozen=True)
class Column:
    """A column; `in_table` is for what fits the width of a terminal, `in_csv` for what a spreadsheet can use."""

    heading: str
    cell: Callable[[Item], object]
    in_table: bool = True
    in_csv: bool = True


def form_of(*, as_json: bool, as_csv: bool, output: Path | None) -> Form:
    """Return the form the options ask for; a file is CSV unless JSON was asked for."""
    if as_json and as_csv:
        raise typer.BadParameter("--json 与 --csv 只能选一个")
    if as_json:
        return Form.JSON
    return Form.CSV if as_csv or output else Form.TABLE


def write_list(
    terminal: Terminal,
    items: Iterable[Item],
    columns: Sequence[Column],
    *,
    form: Form,
    limit: int | None,
    output: Path | None,
) -> None:
    """Write the items, at most `limit` of them."""
    if form is Form.TABLE:
        _write_table(terminal, items, columns, limit or TABLE_ROWS)
        return
    wanted = islice(items, limit)
    with _opened(output, form) as file:
        count = _write_json(file, wanted) if form is Form.JSON else _write_csv(file, wanted, columns)
    if output is not None:
        terminal.good(f"已写入 {output}（{count:,} 条）")


def safe_cell(value: object) -> object:
    """Return a cell that no spreadsheet runs as a formula, and that stays one line."""
    if not isinstance(value, str):
        return value
    line = " ".join(value.splitlines())
    return f"'{line}" if value.startswith(_RISKY) or line.lstrip().startswith(_RISKY) else line


def _write_table(terminal: Terminal, items: Iterable[Item], columns: Sequence[Column], limit: int) -> None:
    shown = [column for column in columns if column.in_table]
    found = list(islice(items, limit + 1))
    terminal.table([column.heading for column in shown], [[c.cell(item) for c in shown] for item in found[:limit]])
    if len(found) > limit:
        terminal.note(f"只列出前 {limit:,} 条，后面还有；用 --limit 增加，或用 --csv、--json 取全部。")
    elif found:
        terminal.note(f"共 {len(found):,} 条")


def _write_json(file: TextIO, items: Iterable[Item]) -> int:
    count = 0
    for count, item in enumerate(items, start=1):
        file.write("[\n" if count == 1 else ",\n")
        file.write(json.dumps(item, ensure_ascii=False))
    file.write("\n]\n" if count else "[]\n")
    return count


def _write_csv(file: TextIO, items: Iterable[Item], columns: Sequence[Column]) -> int:
    count = 0
    writer = csv.writer(file, lineterminator="\r\n")
    written = [column for column in columns if column.in_csv]
    writer.writerow([column.heading for column in written])
    for item in items:
        writer.writerow([safe_cell(column.cell(item)) for column in written])
        count += 1
    return count


@contextmanager
def _opened(output: Path | None, form: Form) -> Iterator[TextIO]:
    """Give standard output, or a file that appears whole or not at all; Excel needs the mark to read UTF-8."""
    if output is None:
        yield typer.get_text_stream("stdout")
        return
    part = output.with_name(f"{output.name}.part")
    try:
        with part.open("w", encoding="utf-8-sig" if form is Form.CSV else "utf-8", newline="") as file:
            yield file
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)
