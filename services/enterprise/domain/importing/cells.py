"""Cells as people fill them: Chinese dates, amounts in 元 or 万元, numbers that Excel has bent. Errors are Chinese."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from shared.kernel.money import parse_amount
from shared.kernel.text import clean_text

Cell = str | float | int | bool | time | date | datetime | timedelta | None
"""What a reader hands over; a CSV reader only text."""

_EXCEL_DAY_ZERO = date(1899, 12, 30)
_EXCEL_DAYS = range(1, 110_000)
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]0?0:00(?::00)?(?:\.0+)?)?")
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_ERAS = range(1900, 2200)
_OWN_UNIT = re.compile(r"(亿元|亿|万元|万|元)$")
_CURRENCY_WORD = re.compile(r"(人民币|RMB|CNY)$|^(人民币|RMB|CNY|¥|¥)", re.IGNORECASE)
_FOREIGN = re.compile(r"(美元|港元|港币|欧元|日元|英镑|澳元|新加坡元|USD|HKD|EUR|JPY|GBP|SGD)", re.IGNORECASE)


class ForeignCurrency(ValueError):
    """The amount is not in yuan, so it is kept out rather than converted at a guessed rate."""


class UnitMissing(ValueError):
    """Neither the heading nor the cell says 元 or 万元."""


def read_text(cell: Cell) -> str | None:
    """Return the cell's text without surrounding blanks, None where it is empty; raises ValueError on control signs."""
    if cell is None:
        return None
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return clean_text(str(cell)) or None


def read_date(cell: Cell) -> date | None:
    """Return the date a cell means: a date cell, an Excel day number, or a text such as 2019年4月1日 or 20190401."""
    if isinstance(cell, datetime):
        return _in_era(cell.date())
    if isinstance(cell, date):
        return _in_era(cell)
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and int(cell) in _EXCEL_DAYS:
        return _in_era(_EXCEL_DAY_ZERO + timedelta(days=int(cell)))
    text = read_text(cell)
    return None if text is None else _parse_date(text)


def _parse_date(text: str) -> date:
    plain = unicodedata.normalize("NFKC", text)
    found = _DATE.fullmatch(plain) or _COMPACT_DATE.fullmatch(plain)
    try:
        if found is None:
            raise ValueError
        return _in_era(date(int(found[1]), int(found[2]), int(found[3])))
    except ValueError:
        raise ValueError(f"“{text}”不是日期,请写成 2019-04-01") from None


def _in_era(day: date) -> date:
    if day.year not in _ERAS:
        raise ValueError(f"日期 {day} 不在1900年至2199年之间")
    return day


def read_amount_fen(cell: Cell, *, unit: str | None, currency: str | None = None) -> int | None:
    """Return an amount in fen; `unit` (元, 万元, 分) is what the heading says, the cell's own unit goes before it."""
    text = read_text(cell if not isinstance(cell, float) else format(Decimal(repr(cell)), "f"))
    if text is None:
        return None
    plain = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "")
    if _FOREIGN.search(plain) or (currency and currency.upper() not in ("CNY", "RMB", "人民币")):
        raise ForeignCurrency(f"币种为 {currency or _FOREIGN.findall(plain)[0]},未折算成人民币")
    plain = _CURRENCY_WORD.sub("", plain)
    own = _OWN_UNIT.search(plain)
    if own is None and unit is None:
        raise UnitMissing(f"“{text}”没有写明单位,请在表头或单元格里写明元或万元")
    if unit == "分" and own is None:
        fen = Decimal(plain) if re.fullmatch(r"\d+", plain) else None
        if fen is None:
            raise ValueError(f"不是以分计的整数:{text}")
        plain, unit = format(fen / 100, "f"), "元"
    fen_value = parse_amount(plain, default_unit=unit or "元")
    if fen_value < 0:
        raise ValueError(f"金额不能为负:{text}")
    return fen_value
