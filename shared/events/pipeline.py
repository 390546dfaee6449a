"""What the pipeline service says: pool membership, specialists, their assignments, visits and grades."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from shared.events.base import Event, Fact


class MembershipState(Fact):
    """One stay of an enterprise in a cultivation pool (培育库), entered through a named door."""

    id: UUID
    uscc: str
    version: int
    region_code: str
    park_code: str | None = None
    pool: str
    door: str
    state: str
    admitted_on: date | None = None
    ended_on: date | None = None
    reason: str | None = None


class MembershipEvent(Event):
    """A fact about one pool membership."""

    topic: ClassVar[str] = "tidu-pipeline-membership"
    aggregate: ClassVar[str] = "membership"

    membership: MembershipState

    @property
    def key(self) -> str:
        """The enterprise's USCC."""
        return self.membership.uscc

    @property
    def aggregate_id(self) -> str:
        """The membership's id."""
        return str(self.membership.id)


class MembershipAdmitted(MembershipEvent):
    """The enterprise was admitted to the pool."""

    event_type: ClassVar[str] = "pipeline.membership_admitted.v1"


class MembershipGraduated(MembershipEvent):
    """The membership ended well: the aim of the pool was reached."""

    event_type: ClassVar[str] = "pipeline.membership_graduated.v1"


class MembershipExited(MembershipEvent):
    """The membership ended by withdrawal or removal, with a reason."""

    event_type: ClassVar[str] = "pipeline.membership_exited.v1"


class AssignmentState(Fact):
    """A specialist's one-to-one service of an enterprise; `login` is the account the specialist signs in with."""

    id: UUID
    uscc: str
    version: int
    region_code: str
    park_code: str | None = None
    specialist_id: UUID
    specialist_name: str
    login: str | None = None
    state: str
    from_on: date
    until_on: date | None = None


class AssignmentEvent(Event):
    """A fact about one assignment."""

    topic: ClassVar[str] = "tidu-pipeline-assignment"
    aggregate: ClassVar[str] = "assignment"

    assignment: AssignmentState

    @property
    def key(self) -> str:
        """The enterprise's USCC."""
        return self.assignment.uscc

    @property
    def aggregate_id(self) -> str:
        """The assignment's id."""
        return str(self.assignment.id)


class SpecialistAssigned(AssignmentEvent):
    """A specialist began to serve the enterprise."""

    event_type: ClassVar[str] = "pipeline.specialist_assigned.v1"


class SpecialistHandedOver(AssignmentEvent):
    """The assignment ended; `successor_id` names the assignment that follows, None where nobody does."""

    event_type: ClassVar[str] = "pipeline.specialist_handed_over.v1"

    successor_id: UUID | None = None
    reason: str


class VisitLogged(AssignmentEvent):
    """The specialist visited: what kind of service, when, with which outcome and next step."""

    event_type: ClassVar[str] = "pipeline.visit_logged.v1"

    visit_id: UUID
    kind: str
    visited_on: date
    outcome: str
    next_step: str | None = None
    next_step_due_on: date | None = None


class SpecialistState(Fact):
    """A specialist's public record."""

    id: UUID
    version: int
    name: str
    kind: str
    home_unit: str
    region_code: str


class SpecialistGraded(Event):
    """A panel graded a specialist's year (优秀, 称职 …)."""

    event_type: ClassVar[str] = "pipeline.specialist_graded.v1"
    topic: ClassVar[str] = "tidu-pipeline-specialist"
    aggregate: ClassVar[str] = "specialist"

    specialist: SpecialistState
    year: int
    grade: str
    graded_on: date

    @property
    def key(self) -> str:
        """The specialist's id."""
        return str(self.specialist.id)
