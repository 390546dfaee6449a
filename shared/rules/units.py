"""Values with units: how a policy writes them, how a file stores them, how a reader sees them."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from shared.kernel.money import MAX_FEN, format_fen, parse_amount

Value: TypeAlias = bool | int | Decimal | str | date

_PERCENT = re.compile(r"(?P<number>\d+(\.\d+)?)%")
_MONEY_ENDS = ("元", "万", "亿")


class Unit(StrEnum):
    """What a value counts. A condition and the fact it asks for must agree on it."""

    FLAG = "flag"
    CODE = "code"
    RATIO = "ratio"
    FEN = "fen"
    COUNT = "count"
    DATE = "date"


class NotInUnit(ValueError):
    """A written value does not fit its unit; the text says what to write instead."""


def fen_of(written: object) -> int:
    """Money as whole fen: an integer is fen already, text must name 元, 万元 or 亿元."""
    hint = f"金额 {written!r} 无法识别,请写成“10万元”“3000元”或以分计的整数"
    if isinstance(written, bool) or not isinstance(written, int | str):
        raise NotInUnit(hint)
    if isinstance(written, str) and not written.endswith(_MONEY_ENDS):
        raise NotInUnit(hint)
    try:
        fen = parse_amount(written) if isinstance(written, str) else written
    except ValueError as cause:
        raise NotInUnit(hint) from cause
    if not 0 <= fen <= MAX_FEN:
        raise NotInUnit(f"金额 {written!r} 超出允许范围")
    return fen


def _ratio_of(written: object) -> Decimal:
    if isinstance(written, str) and (match := _PERCENT.fullmatch(written.strip())):
        return Decimal(match["number"]) / 100
    if isinstance(written, Decimal | int) and not isinstance(written, bool):
        return Decimal(written)
    raise NotInUnit(f"比例 {written!r} 无法识别,请写成“1.5%”或 0.015")


def _flag_of(written: object) -> bool:
    if isinstance(written, bool):
        return written
    raise NotInUnit(f"是否值 {written!r} 无法识别,请写成 true 或 false")


def _code_of(written: object) -> str:
    if isinstance(written, str) and written:
        return written
    raise NotInUnit(f"代码 {written!r} 无法识别,请写成加引号的文字")


def _count_of(written: object) -> int:
    if isinstance(written, int) and not isinstance(written, bool):
        return written
    raise NotInUnit(f"数量 {written!r} 无法识别,请写成整数")


def _date_of(written: object) -> date:
    if isinstance(written, date):
        return written
    if isinstance(written, str):
        try:
            return date.fromisoformat(written)
        except ValueError as cause:
            raise NotInUnit(f"日期 {written!r} 无法识别,请写成 2025-12-31") from cause
    raise NotInUnit(f"日期 {written!r} 无法识别,请写成 2025-12-31")


_READERS: dict[Unit, Callable[[object], Value]] = {
    Unit.FLAG: _flag_of,
    Unit.CODE: _code_of,
    Unit.RATIO: _ratio_of,
    Unit.FEN: fen_of,
    Unit.COUNT: _count_of,
    Unit.DATE: _date_of,
}


def value_in(unit: Unit, written: object) -> Value:
    """The typed value of what a pack or a frozen decision wrote, or NotInUnit."""
    return _READERS[unit](written)


def as_json(value: Value) -> bool | int | str:
    """The lossless JSON form: ratios and dates as text, so nothing passes through a binary fraction."""
    if isinstance(value, Decimal):
        return plain(value)
    return value.isoformat() if isinstance(value, date) else value


def from_json(unit: Unit, stored: bool | int | str) -> Value:
    """The typed value back from its JSON form."""
    if unit is Unit.RATIO and isinstance(stored, str):
        return Decimal(stored)
    return value_in(unit, stored)


def plain(number: Decimal) -> str:
    """A decimal without exponent and without idle zeros."""
    text = format(number, "f")
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def _percent_text(ratio: Decimal) -> str:
    percent = ratio * 100
    rounded = percent.quantize(Decimal("0.0001"))
    # A ratio just above a limit must not print as the limit itself.
    return f"{plain(rounded)}%" if rounded == percent else f"约{plain(rounded)}%"


def text_of(value: Value, unit: Unit) -> str:
    """A value as a Chinese reader expects it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if unit is Unit.FEN and isinstance(value, int):
        return format_fen(value)
    if unit is Unit.RATIO and isinstance(value, Decimal):
        return _percent_text(value)
    return str(as_json(value))
