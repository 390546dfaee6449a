"""The service's tables as SQLModel entities; the migrations create them, a test keeps the two equal."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from services.notifications.domain.deliveries import Channel, DeliveryState
from services.notifications.domain.duties import ClosedBy, DutyState
from services.notifications.domain.notices import NoticeState
from services.notifications.domain.schedules import RecipientRole
from shared.db.base import service_metadata, text_enum

metadata = service_metadata()


class Table(SQLModel, registry=registry(metadata=metadata)):
    """Base of this service's tables."""


def _instant(**kwargs: Any) -> Any:
    return Field(sa_type=sa.DateTime(timezone=True), **kwargs)


def _created() -> Any:
    return _instant(sa_column_kwargs={"server_default": sa.text("clock_timestamp()")}, default=None)


def _made_id() -> Any:
    return Field(default=None, primary_key=True, sa_column_kwargs={"server_default": sa.text("uuidv7()")})


class EnterpriseCopy(Table, table=True):
    """What this service knows of an enterprise, from its events; `fingerprint` names the rules its duties follow."""

    __tablename__ = "enterprises"

    uscc: str = Field(primary_key=True)
    version: int
    name: str
    region_code: str
    park_code: str | None = None
    recognitions: list[dict[str, Any]] = Field(sa_type=JSONB)
    fingerprint: str | None = None


class Recipient(Table, table=True):
    """A person to whom copies go; name and addresses are sealed. From the registry, or named here (a re-route)."""

    __tablename__ = "recipients"

    id: UUID = Field(primary_key=True)
    version: int = 1
    uscc: str
    region_code: str
    park_code: str | None = None
    role: str
    source: str
    place: str
    sealed: str
    consents: bool
    created_at: datetime = _created()
    updated_at: datetime = _created()


class Duty(Table, table=True):
    """Something an enterprise must do by a day."""

    __tablename__ = "duties"

    id: UUID = _made_id()
    version: int = 1
    uscc: str
    region_code: str
    park_code: str | None = None
    kind: str
    subject: str
    label: str
    due_on: date
    state: DutyState = Field(sa_type=text_enum(DutyState))
    recognition_id: UUID | None = None
    provision_ids: list[str] = Field(sa_type=ARRAY(sa.Text))
    clause: str
    known_on: date
    done_on: date | None = None
    proof: str | None = None
    reason: str | None = None
    closed_by: ClosedBy | None = Field(default=None, sa_type=text_enum(ClosedBy))
    created_at: datetime = _created()
    updated_at: datetime = _created()


class Notice(Table, table=True):
    """A notice, planned or sent: the one in the application is the notice of record."""

    __tablename__ = "notices"

    id: UUID = _made_id()
    version: int = 0
    uscc: str
    region_code: str
    park_code: str | None = None
    duty_id: UUID | None = Field(default=None, foreign_key="duties.id")
    award_id: UUID | None = None
    kind: str
    offset_days: int
    due_on: date | None = None
    planned_on: date
    is_provisional: bool = False
    recipient: RecipientRole = Field(sa_type=text_enum(RecipientRole))
    channel: Channel = Field(default=Channel.IN_APP, sa_type=text_enum(Channel))
    state: NoticeState = Field(sa_type=text_enum(NoticeState))
    sent_at: datetime | None = _instant(default=None)
    sent_on: date | None = None
    title: str | None = None
    body: str | None = None
    clause: str | None = None
    template_id: str | None = None
    template_version: int | None = None
    read_at: datetime | None = _instant(default=None)
    read_by: str | None = None
    created_at: datetime = _created()
    updated_at: datetime = _created()


class Delivery(Table, table=True):
    """A copy of a notice on one channel, and how far it got."""

    __tablename__ = "deliveries"

    id: UUID = _made_id()
    notice_id: UUID = Field(foreign_key="notices.id")
    uscc: str
    region_code: str
    park_code: str | None = None
    channel: Channel = Field(sa_type=text_enum(Channel))
    state: DeliveryState = Field(sa_type=text_enum(DeliveryState))
    attempt_count: int = 0
    next_attempt_at: datetime | None = _created()
    lease_token: UUID | None = None
    lease_until: datetime | None = _instant(default=None)
    message_id: str | None = None
    may_be_repeat: bool = False
    recipient_id: UUID | None = None
    recipient_version: int | None = None
    provider_reference: str | None = None
    problem: str | None = None
    accepted_at: datetime | None = _instant(default=None)
    created_at: datetime = _created()
    updated_at: datetime = _created()


class Run(Table, table=True):
    """One run of the planners for a business date, and what it came to."""

    __tablename__ = "runs"

    id: UUID = _made_id()
    as_of: date
    requested_by: str
    planned_count: int
    sent_count: int
    withdrawn_count: int
    skipped_count: int
    overdue_count: int
    started_at: datetime = _created()
    finished_at: datetime = _created()


class PlannerMark(Table, table=True):
    """How far the planners have come, per duty kind; a mark only moves forward."""

    __tablename__ = "planner_marks"

    duty_kind: str = Field(primary_key=True)
    first_seen_on: date
    scanned_on: date
