"""Duties and notices as others may see them: what events and answers are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.notifications.domain.duties import DutyState
from services.notifications.domain.notices import NoticeState
from services.notifications.domain.schedules import RecipientRole


@dataclass(frozen=True)
class Place:
    """An enterprise and where it is: what scopes every row."""

    uscc: str
    region_code: str
    park_code: str | None


@dataclass(frozen=True)
class DutyRecord:
    """A duty on record."""

    id: UUID
    version: int
    place: Place
    kind: str
    subject: str
    label: str
    due_on: date
    state: DutyState
    provision_ids: tuple[str, ...]


@dataclass(frozen=True)
class NoticeRecord:
    """A notice on record."""

    id: UUID
    version: int
    place: Place
    duty_id: UUID | None
    kind: str
    recipient: RecipientRole
    title: str
    state: NoticeState
    sent_at: datetime | None


@dataclass(frozen=True)
class DueNotice:
    """A planned notice whose time has come, with what its words need."""

    id: UUID
    place: Place
    kind: str
    offset_days: int
    due_on: date
    label: str
    clause: str
    enterprise_name: str
