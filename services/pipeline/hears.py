"""What the pipeline hears: event to use case."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from sqlalchemy.ext.asyncio import AsyncSession

from services.pipeline.domain.desk import CultivationDesk
from services.pipeline.usecases.hear_enterprise import hear_enterprise
from shared.events.base import Event, EventMeta
from shared.events.enterprise import (
    BlockRaised,
    BlockReleased,
    ContactsChanged,
    EnterpriseMoved,
    EnterpriseRegistered,
    EnterpriseUpdated,
    FiguresReported,
    RecognitionGranted,
    RecognitionLapsed,
    RecognitionRevoked,
    RungChanged,
    ScaleChanged,
)
from shared.inbox.routing import Handler, Hears

UseCase: TypeAlias = Callable[[AsyncSession, CultivationDesk, Any, EventMeta], Awaitable[None]]

HEARS: dict[type[Event], UseCase] = {
    EnterpriseRegistered: hear_enterprise,
    EnterpriseUpdated: hear_enterprise,
    EnterpriseMoved: hear_enterprise,
    FiguresReported: hear_enterprise,
    ScaleChanged: hear_enterprise,
    RecognitionGranted: hear_enterprise,
    RecognitionLapsed: hear_enterprise,
    RecognitionRevoked: hear_enterprise,
    RungChanged: hear_enterprise,
    BlockRaised: hear_enterprise,
    BlockReleased: hear_enterprise,
    ContactsChanged: hear_enterprise,
}


def heard_at(find_desk: Callable[[], CultivationDesk]) -> Hears:
    """Return the table with the desk put in; the desk is looked for when the first event arrives."""
    return {event_class: _bound(use_case, find_desk) for event_class, use_case in HEARS.items()}


def _bound(use_case: UseCase, find_desk: Callable[[], CultivationDesk]) -> Handler:
    async def hear(session: AsyncSession, event: Any, meta: EventMeta) -> None:
        await use_case(session, find_desk(), event, meta)

    return hear
