"""Input types that stop wrong values at the door: text without control characters, fen, codes, dates of this era."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from shared.kernel.money import MAX_FEN
from shared.kernel.regions import find_region
from shared.kernel.text import clean_text
from shared.kernel.uscc import LENGTH, find_uscc_fault, normalise_uscc

_FIRST_DAY = date(1900, 1, 1)
_LAST_DAY = date(2199, 12, 31)


def _check_uscc(text: str) -> str:
    code = normalise_uscc(text)
    fault = find_uscc_fault(code)
    if fault:
        raise ValueError(fault)
    return code


def _check_region(code: str) -> str:
    region = find_region(code)
    if region is None:
        raise ValueError("没有这个行政区划代码(应为六位,如 530921)")
    return region.code


def _check_era(day: date) -> date:
    if not _FIRST_DAY <= day <= _LAST_DAY:
        raise ValueError("日期应在1900年至2199年之间")
    return day


def _refuse_bool(value: object) -> object:
    if isinstance(value, (bool, float)):
        raise ValueError("应为整数")
    return value


Text = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(clean_text)]
LongText = Annotated[str, StringConstraints(min_length=1, max_length=2000), AfterValidator(clean_text)]
Search = Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(clean_text)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
Uscc = Annotated[
    str,
    StringConstraints(min_length=1, max_length=40),
    AfterValidator(_check_uscc),
    WithJsonSchema({"type": "string", "format": "uscc", "minLength": LENGTH, "maxLength": LENGTH}),
]
RegionCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$"), AfterValidator(_check_region)]
Fen = Annotated[int, BeforeValidator(_refuse_bool), Field(ge=0, le=MAX_FEN)]
SignedFen = Annotated[int, BeforeValidator(_refuse_bool), Field(ge=-MAX_FEN, le=MAX_FEN)]
Count = Annotated[int, BeforeValidator(_refuse_bool), Field(ge=0, le=10_000_000)]
Year = Annotated[int, Field(ge=1980, le=2199)]
Day = Annotated[date, AfterValidator(_check_era)]


class Body(BaseModel):
    """Base of request bodies: what is not declared is refused."""

    model_config = ConfigDict(extra="forbid")
