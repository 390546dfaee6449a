"""From what happened to what is announced: each record as its public state, each fact as its event."""

from __future__ import annotations

from datetime import date
from typing import Protocol
from uuid import UUID

from shared.events.pipeline import (
    AssignmentState,
    MembershipAdmitted,
    MembershipExited,
    MembershipGraduated,
    MembershipState,
    SpecialistAssigned,
    SpecialistGraded,
    SpecialistHandedOver,
    SpecialistState,
    VisitLogged,
)


class Versioned(Protocol):
    """A record of this service, whose fields are those of its public state."""

    version: int


class LoggedVisit(Protocol):
    """An entry of the service log."""

    id: UUID
    kind: str
    visited_on: date
    outcome: str
    next_step: str | None
    next_step_due_on: date | None


def admitted(membership: Versioned) -> MembershipAdmitted:
    """Announce an admission."""
    return MembershipAdmitted(version=membership.version, membership=_membership(membership))


def graduated(membership: Versioned) -> MembershipGraduated:
    """Announce a graduation."""
    return MembershipGraduated(version=membership.version, membership=_membership(membership))


def exited(membership: Versioned) -> MembershipExited:
    """Announce a withdrawal or removal."""
    return MembershipExited(version=membership.version, membership=_membership(membership))


def assigned(assignment: Versioned) -> SpecialistAssigned:
    """Announce that a specialist began to serve an enterprise."""
    return SpecialistAssigned(version=assignment.version, assignment=_assignment(assignment))


def handed_over(assignment: Versioned, *, successor_id: UUID | None, reason: str) -> SpecialistHandedOver:
    """Announce that an assignment ended, and which one follows."""
    return SpecialistHandedOver(
        version=assignment.version, assignment=_assignment(assignment), successor_id=successor_id, reason=reason
    )


def visited(assignment: Versioned, visit: LoggedVisit) -> VisitLogged:
    """Announce a visit."""
    return VisitLogged(
        version=assignment.version,
        assignment=_assignment(assignment),
        visit_id=visit.id,
        kind=visit.kind,
        visited_on=visit.visited_on,
        outcome=visit.outcome,
        next_step=visit.next_step,
        next_step_due_on=visit.next_step_due_on,
    )


def graded(specialist: Versioned, *, year: int, grade: str, graded_on: date) -> SpecialistGraded:
    """Announce the grade of a specialist's year."""
    state = SpecialistState.model_validate(specialist, from_attributes=True)
    return SpecialistGraded(version=specialist.version, specialist=state, year=year, grade=grade, graded_on=graded_on)


def _membership(record: Versioned) -> MembershipState:
    return MembershipState.model_validate(record, from_attributes=True)


def _assignment(record: Versioned) -> AssignmentState:
    return AssignmentState.model_validate(record, from_attributes=True)
