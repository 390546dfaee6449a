"""Record that an enterprise is above or below designated size (规上 / 规下) from a day on."""

from __future__ import annotations

from dataclasses import asdict, replace

from sqlalchemy.ext.asyncio import AsyncSession

from services.enterprise import says
from services.enterprise.db.fact_repository import insert_scale_mark
from services.enterprise.domain.enterprise import Enterprise, ScaleMark
from services.enterprise.usecases.changing import Entry, Register, conclude


async def change_scale(session: AsyncSession, register: Register, before: Enterprise, mark: ScaleMark) -> Enterprise:
    """Append what a source says about the list of those above designated size; the newest mark of a day stands."""
    scale = sorted([*(s for s in before.scale if s.from_on != mark.from_on), mark], key=lambda s: s.from_on)
    await insert_scale_mark(session, before, mark)
    entry = Entry("enterprise.change_scale", {"scale": [asdict(s) for s in before.scale]}, asdict(mark))
    after = replace(before, scale=tuple(scale))
    return await conclude(session, register, before, after, [says.scale_changed(mark)], entry)
