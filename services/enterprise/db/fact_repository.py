"""Dated facts in the database: figures, scale marks, moves and blocks. Rows are added; only a block is ever closed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.enterprise.domain.enterprise import Block, Enterprise, ScaleMark
from shared.db.driver import run
from shared.kernel.roles import SYSTEM, Principal

_FIGURES = sa.text(
    "INSERT INTO figures (uscc, region_code, park_code, year, item, value, source, reported_by)"
    " SELECT :uscc, :region_code, CAST(:park_code AS text), :year, item, value, :source, :reported_by"
    " FROM unnest(CAST(:items AS text[]), CAST(:values AS bigint[])) AS reported (item, value)"
)
_SCALE_MARK = sa.text(
    "INSERT INTO scale_marks (uscc, region_code, park_code, above_scale, from_on, source)"
    " VALUES (:uscc, :region_code, :park_code, :above_scale, :from_on, :source)"
)
_MOVE = sa.text(
    "INSERT INTO moves (uscc, region_code, park_code, moved_on, from_region_code, from_park_code)"
    " VALUES (:uscc, :region_code, :park_code, :moved_on, :region_code, :park_code)"
)
_BLOCK = sa.text(
    "INSERT INTO blocks (id, uscc, region_code, park_code, kind, source, document, from_on)"
    " VALUES (:id, :uscc, :region_code, :park_code, :kind, :source, :document, :from_on)"
)
_RELEASE = sa.text("UPDATE blocks SET released_on = :released_on, release_reason = :reason WHERE id = :id")


async def insert_figures(
    session: AsyncSession, enterprise: Enterprise, *, year: int, items: Mapping[str, int], source: str
) -> None:
    """Append reported values of a year."""
    reporter: Principal = session.info.get("principal", SYSTEM)
    values = {"year": year, "items": list(items), "values": list(items.values()), "source": source}
    await run(session, _FIGURES, {**_place(enterprise), **values, "reported_by": reporter.subject})


async def insert_scale_mark(session: AsyncSession, enterprise: Enterprise, mark: ScaleMark) -> None:
    """Append what a source says about the enterprise's size from a day on."""
    values = {"above_scale": mark.above_scale, "from_on": mark.from_on, "source": mark.source}
    await run(session, _SCALE_MARK, {**_place(enterprise), **values})


async def insert_move(session: AsyncSession, before: Enterprise, *, moved_on: date) -> None:
    """Keep where the enterprise was until a day."""
    await run(session, _MOVE, {**_place(before), "moved_on": moved_on})


async def insert_block(session: AsyncSession, enterprise: Enterprise, block: Block, *, document: str | None) -> None:
    """Add an integrity block."""
    values = {"id": block.id, "kind": block.kind, "source": block.source, "from_on": block.from_on}
    await run(session, _BLOCK, {**_place(enterprise), **values, "document": document})


async def release_block_row(session: AsyncSession, block: Block, *, reason: str) -> None:
    """Close an integrity block with the reason a person gave."""
    await run(session, _RELEASE, {"id": block.id, "released_on": block.released_on, "reason": reason})


def _place(enterprise: Enterprise) -> dict[str, Any]:
    return {"uscc": enterprise.uscc, "region_code": enterprise.region_code, "park_code": enterprise.park_code}
