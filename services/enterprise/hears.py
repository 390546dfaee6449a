"""What this service hears: every event about an enterprise, for its timeline; assignments open it to specialists."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from services.enterprise.usecases.grant_specialist_access import grant_specialist_access, withdraw_specialist_access
from services.enterprise.usecases.record_timeline_entry import record_timeline_entry
from shared.events import awards, enterprise, notifications, pipeline
from shared.events.base import Event, EventMeta
from shared.inbox.routing import Handler

_FOR_THE_TIMELINE: tuple[type[Event], ...] = (
    enterprise.EnterpriseRegistered,
    enterprise.EnterpriseUpdated,
    enterprise.EnterpriseMoved,
    enterprise.FiguresReported,
    enterprise.ScaleChanged,
    enterprise.RecognitionGranted,
    enterprise.RecognitionLapsed,
    enterprise.RecognitionRevoked,
    enterprise.RungChanged,
    enterprise.BlockRaised,
    enterprise.BlockReleased,
    enterprise.ContactsChanged,
    pipeline.MembershipAdmitted,
    pipeline.MembershipGraduated,
    pipeline.MembershipExited,
    pipeline.VisitLogged,
    awards.AwardProposed,
    awards.AwardReviewed,
    awards.AwardApproved,
    awards.AwardRejected,
    notifications.DutyPlanned,
    notifications.DutyDone,
    notifications.DutyOverdue,
    notifications.NoticeSent,
    notifications.NoticeFailed,
)


async def on_specialist_assigned(session: AsyncSession, event: pipeline.SpecialistAssigned, meta: EventMeta) -> None:
    """Open the enterprise to the specialist, and note it."""
    await grant_specialist_access(session, event.assignment)
    await record_timeline_entry(session, event, meta)


async def on_specialist_handed_over(
    session: AsyncSession, event: pipeline.SpecialistHandedOver, meta: EventMeta
) -> None:
    """Close the enterprise to the specialist who left, and note it."""
    await withdraw_specialist_access(session, event.assignment)
    await record_timeline_entry(session, event, meta)


HEARS: dict[type[Event], Handler] = {
    **dict.fromkeys(_FOR_THE_TIMELINE, record_timeline_entry),
    pipeline.SpecialistAssigned: on_specialist_assigned,
    pipeline.SpecialistHandedOver: on_specialist_handed_over,
}
