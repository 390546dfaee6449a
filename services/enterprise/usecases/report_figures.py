"""Report an enterprise's figures of a year; a correction is another report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from services.enterprise import says
from services.enterprise.db.fact_repository import insert_figures
from services.enterprise.domain.enterprise import Enterprise
from services.enterprise.domain.errors import wrong_field
from services.enterprise.domain.figures import with_report
from services.enterprise.usecases.changing import Entry, Register, conclude


async def report_figures(
    session: AsyncSession,
    register: Register,
    before: Enterprise,
    *,
    year: int,
    items: Mapping[str, int],
    source: str,
) -> Enterprise:
    """Append the given items of a year, each with its source; earlier reports stay as history."""
    if year > register.today.year:
        raise wrong_field("year", "in_future", f"{year}年还没有到")
    if not items:
        raise wrong_field("", "missing", "至少填报一项数据")
    after = replace(before, figures=with_report(before.figures, year=year, items=items, source=source))
    await insert_figures(session, before, year=year, items=items, source=source)
    known = next((f.items for f in before.figures if f.year == year), {})
    entry = Entry(
        "enterprise.report_figures",
        {"year": year, **{name: known.get(name) for name in items}},
        {"year": year, **items, "source": source},
    )
    return await conclude(session, register, before, after, [says.figures_reported(year)], entry)
