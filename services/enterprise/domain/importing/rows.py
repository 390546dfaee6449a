"""One row of an import, judged: what it says about an enterprise, or every reason why it cannot be taken."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from services.enterprise.domain.entity_kinds import EntityKind, classify_entity, is_candidate
from services.enterprise.domain.importing.cells import Cell, ForeignCurrency, read_amount_fen, read_date, read_text
from services.enterprise.domain.importing.columns import FIELDS, Columns
from shared.kernel.regions import find_county_in, find_region
from shared.kernel.uscc import find_uscc_fault, normalise_uscc

Value = TypeVar("Value")

_MAX_LENGTHS = {"name": 200, "address": 500, "business_scope": 4000}
_PARK_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_INDUSTRY_CODE = re.compile(r"[A-T]|[A-T]?\d{2,4}")


@dataclass(frozen=True, slots=True)
class RowError:
    """Why a row was not taken: the column as users know it, a code, a Chinese sentence."""

    column: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class RowData:
    """What a good row says. `notes` are things worth knowing that did not stop it."""

    uscc: str
    name: str
    entity_kind: EntityKind
    is_candidate: bool
    region_code: str
    park_code: str | None
    registered_on: date | None
    registered_capital_fen: int | None
    industry_code: str | None
    address: str | None
    business_scope: str | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """A row of the file with its line number: either `data`, or `errors`.

    `repeats_line` is the line of an earlier row that says the same.
    """

    line: int
    cells: Sequence[Cell]
    data: RowData | None
    errors: tuple[RowError, ...]
    repeats_line: int | None = None


class RowJudge:
    """Judges the rows of one file: its columns, the division that holds where a row names none, the business date."""

    def __init__(self, columns: Columns, region_code: str | None, today: date) -> None:
        self._columns = columns
        self._region_code = region_code
        self._today = today

    def judge(self, line: int, cells: Sequence[Cell]) -> JudgedRow:
        """Return what the row says, or all that is wrong with it."""
        reading = _Reading(self._columns, cells)
        uscc = reading.read("uscc", _read_uscc)
        name = reading.read("name", read_text)
        if name is None and not reading.failed("name"):
            reading.refuse("name", "missing", "缺少企业名称")
        registered_on = reading.read("registered_on", self._read_past_date)
        capital = self._read_capital(reading)
        address, scope = reading.read("address", read_text), reading.read("business_scope", read_text)
        region = self._read_region(reading, address)
        park = reading.read_code("park_code", _PARK_CODE)
        industry = reading.read_code("industry_code", _INDUSTRY_CODE)
        reading.check_lengths(name=name, address=address, business_scope=scope)
        if reading.errors or uscc is None or name is None or region is None:
            return JudgedRow(line, cells, None, tuple(reading.errors))
        kind = classify_entity(uscc, name)
        notes = tuple(reading.notes)
        data = RowData(
            uscc, name, kind, is_candidate(kind), region, park, registered_on, capital, industry, address, scope, notes
        )
        return JudgedRow(line, cells, data, ())

    def _read_past_date(self, cell: Cell) -> date | None:
        day = read_date(cell)
        if day is not None and day > self._today:
            raise ValueError(f"日期 {day} 晚于今天")
        return day

    def _read_capital(self, reading: _Reading) -> int | None:
        currency = reading.read("capital_currency", read_text)
        unit = self._columns.capital_unit
        return reading.read("registered_capital", lambda cell: read_amount_fen(cell, unit=unit, currency=currency))

    def _read_region(self, reading: _Reading, address: str | None) -> str | None:
        """Return the county that the row names, else the one its address names, else the import's own division."""
        named = reading.read("region", lambda cell: _find_named_region(cell, self._region_code))
        if named or reading.failed("region"):
            return named
        county = find_county_in(address, self._region_code) if address and self._region_code else None
        if county is None and self._region_code is None:
            reading.refuse("region", "missing", "没有县区列,也没有为导入指定行政区划")
            return None
        return county.code if county else self._region_code


class _Reading:
    """The cells of one row while they are read; collects what is wrong."""

    def __init__(self, columns: Columns, cells: Sequence[Cell]) -> None:
        self._columns = columns
        self._cells = cells
        self.errors: list[RowError] = []
        self.notes: list[str] = []
        self._failed: set[str] = set()

    def read(self, field: str, reader: Callable[[Cell], Value | None]) -> Value | None:
        """Return what `reader` makes of the field's cell; what it refuses becomes an error of the row."""
        try:
            return reader(self._columns.cell(self._cells, field))
        except ForeignCurrency as note:
            self.notes.append(f"{FIELDS[field]}:{note}")
        except ValueError as error:
            self.refuse(field, "invalid", str(error))
        return None

    def read_code(self, field: str, form: re.Pattern[str]) -> str | None:
        """Return a code of the given form."""
        text = self.read(field, read_text)
        if text is not None and not form.fullmatch(text):
            self.refuse(field, "invalid", f"“{text}”不是{FIELDS[field]}")
            return None
        return text

    def refuse(self, field: str, code: str, detail: str) -> None:
        """Add an error about a field."""
        self._failed.add(field)
        self.errors.append(RowError(FIELDS[field], code, detail))

    def failed(self, field: str) -> bool:
        """Tell whether the field was refused."""
        return field in self._failed

    def check_lengths(self, **texts: str | None) -> None:
        """Refuse texts that no column of the registry takes."""
        for field, text in texts.items():
            if text is not None and len(text) > _MAX_LENGTHS[field]:
                self.refuse(field, "too_long", f"最多{_MAX_LENGTHS[field]}个字,实际{len(text)}个")


def _read_uscc(cell: Cell) -> str:
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        raise ValueError("单元格是数值格式,末位已被Excel改动;请把该列设为文本后重新填写")
    text = "" if cell is None else str(cell)
    if not text.strip():
        raise ValueError("缺少统一社会信用代码")
    code = normalise_uscc(text)
    fault = find_uscc_fault(code)
    if fault:
        raise ValueError(fault)
    return code


def _find_named_region(cell: Cell, within: str | None) -> str | None:
    text = read_text(cell)
    if text is None:
        return None
    by_name = find_county_in(text, within) if within else None
    region = find_region(text) if re.fullmatch(r"\d{6}", text) else by_name
    if region is None:
        raise ValueError(f"没有找到行政区划“{text}”")
    return region.code
