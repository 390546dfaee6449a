"""What the notifications service hears: event to use case."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.domain.desk import NoticeDesk
from services.notifications.domain.notices import AwardNoticeKind
from services.notifications.usecases.announce_award import announce_award
from services.notifications.usecases.grant_specialist_access import grant_specialist_access, withdraw_specialist_access
from services.notifications.usecases.hear_enterprise import hear_enterprise
from services.notifications.usecases.replace_contacts import replace_contacts
from shared.events import awards, enterprise, pipeline
from shared.events.base import Event, EventMeta
from shared.inbox.routing import Handler, Hears

UseCase: TypeAlias = Callable[[AsyncSession, NoticeDesk, Any], Awaitable[None]]


async def _on_enterprise(session: AsyncSession, desk: NoticeDesk, event: enterprise.EnterpriseEvent) -> None:
    await hear_enterprise(session, desk.handbook, event.enterprise, today=desk.clock.today())


async def _on_contacts(session: AsyncSession, desk: NoticeDesk, event: enterprise.ContactsChanged) -> None:
    if await hear_enterprise(session, desk.handbook, event.enterprise, today=desk.clock.today()):
        await replace_contacts(session, event)


async def _on_proposal(session: AsyncSession, desk: NoticeDesk, event: awards.AwardProposed) -> None:
    await announce_award(session, desk.handbook, event.award, AwardNoticeKind.PROPOSED, today=desk.clock.today())


async def _on_approval(session: AsyncSession, desk: NoticeDesk, event: awards.AwardApproved) -> None:
    await announce_award(session, desk.handbook, event.award, AwardNoticeKind.DECIDED, today=desk.clock.today())


async def _on_rejection(session: AsyncSession, desk: NoticeDesk, event: awards.AwardRejected) -> None:
    kind, today = AwardNoticeKind.REJECTED, desk.clock.today()
    await announce_award(session, desk.handbook, event.award, kind, today=today, reason=event.reason)


async def _on_assignment(session: AsyncSession, desk: NoticeDesk, event: pipeline.SpecialistAssigned) -> None:
    await grant_specialist_access(session, event.assignment)


async def _on_handover(session: AsyncSession, desk: NoticeDesk, event: pipeline.SpecialistHandedOver) -> None:
    await withdraw_specialist_access(session, event.assignment)


HEARS: dict[type[Event], UseCase] = {
    enterprise.EnterpriseRegistered: _on_enterprise,
    enterprise.EnterpriseUpdated: _on_enterprise,
    enterprise.EnterpriseMoved: _on_enterprise,
    enterprise.FiguresReported: _on_enterprise,
    enterprise.ScaleChanged: _on_enterprise,
    enterprise.RecognitionGranted: _on_enterprise,
    enterprise.RecognitionLapsed: _on_enterprise,
    enterprise.RecognitionRevoked: _on_enterprise,
    enterprise.RungChanged: _on_enterprise,
    enterprise.BlockRaised: _on_enterprise,
    enterprise.BlockReleased: _on_enterprise,
    enterprise.ContactsChanged: _on_contacts,
    awards.AwardProposed: _on_proposal,
    awards.AwardApproved: _on_approval,
    awards.AwardRejected: _on_rejection,
    pipeline.SpecialistAssigned: _on_assignment,
    pipeline.SpecialistHandedOver: _on_handover,
}


def heard_at(find_desk: Callable[[], NoticeDesk]) -> Hears:
    """Return the table with the desk put in; the desk is looked for when the first event arrives."""
    return {event_class: _bound(use_case, find_desk) for event_class, use_case in HEARS.items()}


def _bound(use_case: UseCase, find_desk: Callable[[], NoticeDesk]) -> Handler:
    async def hear(session: AsyncSession, event: Any, meta: EventMeta) -> None:
        await use_case(session, find_desk(), event)

    return hear
