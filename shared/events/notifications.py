"""What the notifications service says: duties with their due dates, and notices sent or given up."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from shared.events.base import Event, Fact


class DutyState(Fact):
    """Something an enterprise must do by `due_on`, by the provisions named."""

    id: UUID
    version: int
    uscc: str
    region_code: str
    park_code: str | None = None
    kind: str
    label: str
    due_on: date
    state: str
    provision_ids: tuple[str, ...] = ()


class DutyEvent(Event):
    """A fact about one duty."""

    topic: ClassVar[str] = "tidu-notifications-duty"
    aggregate: ClassVar[str] = "duty"

    duty: DutyState

    @property
    def key(self) -> str:
        """The enterprise's USCC."""
        return self.duty.uscc

    @property
    def aggregate_id(self) -> str:
        """The duty's id."""
        return str(self.duty.id)


class DutyPlanned(DutyEvent):
    """A duty was derived or its due date moved."""

    event_type: ClassVar[str] = "notifications.duty_planned.v1"


class DutyDone(DutyEvent):
    """The duty was fulfilled, waived or fell away; its state says which."""

    event_type: ClassVar[str] = "notifications.duty_done.v1"


class DutyOverdue(DutyEvent):
    """The due date passed with the duty still open; said once."""

    event_type: ClassVar[str] = "notifications.duty_overdue.v1"


class NoticeState(Fact):
    """A notice of record; the recipient is named by role, never by address."""

    id: UUID
    version: int
    uscc: str
    region_code: str
    park_code: str | None = None
    duty_id: UUID | None = None
    kind: str
    recipient_role: str
    title: str
    state: str
    sent_at: datetime | None = None


class NoticeEvent(Event):
    """A fact about one notice."""

    topic: ClassVar[str] = "tidu-notifications-notice"
    aggregate: ClassVar[str] = "notice"

    notice: NoticeState

    @property
    def key(self) -> str:
        """The enterprise's USCC."""
        return self.notice.uscc

    @property
    def aggregate_id(self) -> str:
        """The notice's id."""
        return str(self.notice.id)


class NoticeSent(NoticeEvent):
    """The in-app notice, which is the notice of record, was delivered."""

    event_type: ClassVar[str] = "notifications.notice_sent.v1"


class NoticeFailed(NoticeEvent):
    """A copy of the notice could not be delivered on `channel`, for good."""

    event_type: ClassVar[str] = "notifications.notice_failed.v1"

    channel: str
    problem: str
