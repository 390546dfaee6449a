"""Input types that stop wrong values at the door: text without control characters, fen, codes, dates of this era.

Each publishes in the OpenAPI document what it takes; what only code can check has a `format` there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    Strict,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, PydanticKnownError, core_schema

from shared.kernel.money import MAX_FEN
from shared.kernel.regions import find_region
from shared.kernel.text import TEXT_PATTERN, clean_text, is_blank
from shared.kernel.uscc import LENGTH, find_uscc_fault, normalise_uscc

_FIRST_DAY = date(1900, 1, 1)
_LAST_DAY = date(2199, 12, 31)
_DAY_PATTERN = "^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}$"
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WHOLE = re.compile(r"-?[0-9]{1,19}")


@dataclass(frozen=True)
class Prose:
    """Annotates a text somebody typed: something visible, at most so long, nothing that deceives the eye."""

    max_length: int

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Check length before and after normalisation, which may lengthen."""
        limited = core_schema.str_schema(min_length=1, max_length=self.max_length)
        return core_schema.no_info_after_validator_function(self._clean, limited)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: Any) -> dict[str, Any]:
        """Publish the same limits."""
        return {"type": "string", "minLength": 1, "maxLength": self.max_length, "pattern": TEXT_PATTERN}

    def _clean(self, text: str) -> str:
        cleaned = clean_text(text)
        if is_blank(cleaned):
            raise ValueError("不能只有空白")
        if len(cleaned) > self.max_length:
            raise PydanticKnownError("string_too_long", {"max_length": self.max_length})
        return cleaned


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


def _read_day(value: object) -> object:
    """Let dates and their ISO form pass: numbers and instants would be read as days too."""
    if isinstance(value, date) or (isinstance(value, str) and _ISO_DAY.fullmatch(value)):
        return value
    raise PydanticKnownError("date_type")


def _check_era(day: date) -> date:
    if not _FIRST_DAY <= day <= _LAST_DAY:
        raise ValueError("日期应在1900年至2199年之间")
    return day


def _read_digits(value: object) -> object:
    """Let plain digits pass, as a path or query has them: "1_0", "5.0" and " 5 " would be read as numbers too."""
    if isinstance(value, str) and not _WHOLE.fullmatch(value):
        raise PydanticKnownError("int_parsing")
    return value


Text = Annotated[str, Prose(200)]
LongText = Annotated[str, Prose(2000)]
Search = Annotated[str, Prose(100)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$", max_length=64)]
Uscc = Annotated[
    str,
    StringConstraints(min_length=1, max_length=40),
    AfterValidator(_check_uscc),
    WithJsonSchema(
        {
            "type": "string",
            "format": "uscc",
            "minLength": LENGTH,
            "maxLength": LENGTH,
            "examples": ["91530900MA0000015K"],
        }
    ),
]
RegionCode = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{6}$"),
    AfterValidator(_check_region),
    WithJsonSchema({"type": "string", "format": "region_code", "minLength": 6, "maxLength": 6, "examples": ["530921"]}),
]
Fen = Annotated[int, Strict(), Field(ge=0, le=MAX_FEN)]
SignedFen = Annotated[int, Strict(), Field(ge=-MAX_FEN, le=MAX_FEN)]
Count = Annotated[int, Strict(), Field(ge=0, le=10_000_000)]
Year = Annotated[int, Strict(), Field(ge=1980, le=2199)]
Digits = BeforeValidator(_read_digits)
"""Annotates (last) an integer of a path or query, where every value arrives as text."""
YearInPath = Annotated[int, Field(ge=1980, le=2199), Digits]
Day = Annotated[
    date,
    BeforeValidator(_read_day),
    AfterValidator(_check_era),
    WithJsonSchema({"type": "string", "format": "date", "minLength": 10, "maxLength": 10, "pattern": _DAY_PATTERN}),
]


class Body(BaseModel):
    """Base of request bodies: what is not declared is refused."""

    model_config = ConfigDict(extra="forbid")
