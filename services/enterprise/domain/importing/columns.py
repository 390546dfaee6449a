"""Which column holds what, guessed from Chinese and English headings, or told by the user's mapping."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.enterprise.domain.errors import FileRefused
from services.enterprise.domain.importing.cells import Cell

FIELDS = {
    "uscc": "统一社会信用代码",
    "name": "企业名称",
    "registered_on": "成立日期",
    "registered_capital": "注册资本",
    "capital_currency": "注册资本币种",
    "region": "县区",
    "park_code": "园区代码",
    "industry_code": "行业代码",
    "address": "地址",
    "business_scope": "经营范围",
}
"""What a row may say, and how the fields are called to users."""

REQUIRED = ("uscc", "name")
HEADING_SEARCH_ROWS = 10
"""Offices put titles above the heading: it is looked for in so many rows."""

_SYNONYMS = {
    "uscc": ("统一社会信用代码", "社会信用代码", "信用代码", "统一代码", "统一信用代码", "uscc", "creditcode"),
    "name": ("企业名称", "单位名称", "公司名称", "企业全称", "单位全称", "名称", "name", "enterprisename", "company"),
    "registered_on": ("成立日期", "注册日期", "成立时间", "注册时间", "登记日期", "regdate", "registeredon"),
    "registered_capital": ("注册资本", "注册资金", "capital", "registeredcapital"),
    "capital_currency": ("注册资本币种", "币种", "货币", "capitalcurrency", "currency"),
    "region": ("县区", "区县", "县市区", "所属县区", "所在县区", "行政区划", "行政区划代码", "county", "regioncode"),
    "park_code": ("园区代码", "园区", "所属园区", "parkcode"),
    "industry_code": ("行业代码", "国民经济行业代码", "行业分类代码", "industrycode"),
    "address": ("地址", "住所", "注册地址", "企业地址", "经营地址", "详细地址", "address"),
    "business_scope": ("经营范围", "主营业务", "businessscope"),
}
_FIELD_OF = {synonym: name for name, synonyms in _SYNONYMS.items() for synonym in synonyms}
_UNITS = (("万元", re.compile("万|wan")), ("分", re.compile("[((]分[))]|_fen$")), ("元", re.compile("元|yuan")))
_UNIT_PART = re.compile(r"[((].*?[))]|_?(wan|yuan|fen)$|单位:.*$")
_NOISE = re.compile(r"[\s_*/、·:-]+")


@dataclass(frozen=True)
class Columns:
    """The column of each field, and the unit that the capital's heading names."""

    positions: Mapping[str, int]
    capital_unit: str | None
    headings: tuple[str, ...]
    heading_line: int

    def cell(self, cells: Sequence[Cell], field: str) -> Cell:
        """Return a row's cell for a field, None where the file has no such column or the row is short."""
        position = self.positions.get(field)
        return cells[position] if position is not None and position < len(cells) else None


def guess_field(heading: str) -> str | None:
    """Return the field a heading means, None where nobody can tell."""
    plain = unicodedata.normalize("NFKC", heading).strip().lower()
    return _FIELD_OF.get(_NOISE.sub("", _UNIT_PART.sub("", plain))) or _FIELD_OF.get(_NOISE.sub("", plain))


def guess_unit(heading: str) -> str | None:
    """Return the unit of money a heading names: 元, 万元, 分 or None."""
    plain = unicodedata.normalize("NFKC", heading).lower()
    return next((unit for unit, pattern in _UNITS if pattern.search(plain)), None)


def find_columns(first_rows: Sequence[tuple[int, Sequence[Cell]]], mapping: Mapping[str, str]) -> tuple[int, Columns]:
    """Return the heading's index among the first rows, and the columns; raises FileRefused where it is not found.

    `mapping` (field → heading) goes before the guess.
    """
    for index, (line, cells) in enumerate(first_rows[:HEADING_SEARCH_ROWS]):
        headings = tuple("" if cell is None else str(cell).strip() for cell in cells)
        positions = _positions(headings, mapping)
        if all(field in positions for field in REQUIRED):
            capital = positions.get("registered_capital")
            unit = guess_unit(headings[capital]) if capital is not None else None
            return index, Columns(positions, unit, headings, line)
    wanted = "、".join(FIELDS[field] for field in REQUIRED)
    raise FileRefused(f"前{HEADING_SEARCH_ROWS}行里没有找到表头:需要有“{wanted}”两列")


def _positions(headings: Sequence[str], mapping: Mapping[str, str]) -> dict[str, int]:
    positions = {field: headings.index(heading) for field, heading in mapping.items() if heading in headings}
    for position, heading in enumerate(headings):
        field = guess_field(heading)
        if field and field not in positions and position not in positions.values():
            positions[field] = position
    return positions
