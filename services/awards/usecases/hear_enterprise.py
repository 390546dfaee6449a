"""Hear that something about an enterprise changed."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from services.awards.db.enterprises import keep_enterprise
from services.awards.domain.desk import GrantDesk
from services.awards.domain.occasions import occasions_of
from services.awards.usecases.reconcile_awards import reconcile_awards
from shared.events.base import EventMeta
from shared.events.enterprise import EnterpriseEvent, RecognitionGranted


async def hear_enterprise(session: AsyncSession, desk: GrantDesk, event: EnterpriseEvent, meta: EventMeta) -> None:
    """Keep the enterprise's state, and bring its awards into line with it.

    Every change counts, not only a new recognition: a fact that was missing may have arrived, or proved wrong.
    """
    if not await keep_enterprise(session, event.enterprise):
        return
    recorder = meta.actor if isinstance(event, RecognitionGranted) else None
    occasions = occasions_of(event.enterprise, until_on=desk.clock.today())
    await reconcile_awards(session, desk, occasions, recorder=recorder)
