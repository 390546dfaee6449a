"""Hear that something about an enterprise changed."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from services.pipeline.domain.desk import CultivationDesk
from services.pipeline.usecases.follow_enterprise import follow_enterprise
from shared.events.base import EventMeta
from shared.events.enterprise import EnterpriseEvent
from shared.kernel.clock import business_date


async def hear_enterprise(
    session: AsyncSession, desk: CultivationDesk, event: EnterpriseEvent, meta: EventMeta
) -> None:
    """Follow the enterprise; the day it was first heard of is the event's, so that a rebuild finds the same one."""
    heard_on = business_date(meta.occurred_at)
    await follow_enterprise(session, event, heard_on=heard_on, pools=desk.pools, today=desk.clock.today())
