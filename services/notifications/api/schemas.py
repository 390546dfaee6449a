"""What goes in and out of the notifications service."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, WithJsonSchema

from services.notifications.domain.deliveries import Channel, DeliveryState
from services.notifications.domain.duties import ClosedBy, DutyState
from services.notifications.domain.mails import UnusableMail, parse_address
from services.notifications.domain.notices import NoticeState
from services.notifications.domain.recipients import RecipientSource
from services.notifications.domain.schedules import RecipientRole
from services.notifications.domain.templates import Phase
from shared.web.types import Body, Code, Day, LongText, Text, Uscc


def _check_email(text: str) -> str:
    try:
        return parse_address(text)
    except UnusableMail as error:
        raise ValueError(str(error)) from error


Email = Annotated[
    str,
    StringConstraints(min_length=3, max_length=254),
    AfterValidator(_check_email),
    WithJsonSchema({"type": "string", "format": "email", "minLength": 3, "maxLength": 254}),
]
Phone = Annotated[str, StringConstraints(pattern=r"^[0-9+() -]{5,30}$", max_length=30)]


class DutyCompletion(Body):
    """What proves that a duty was done, and on which day (today where left out)."""

    proof: Text
    done_on: Day | None = None


class DutyWaiver(Body):
    """Why a duty need not be done."""

    reason: LongText


class DutyRead(BaseModel):
    """A duty: what must be done by `due_on`, and by which provisions. `closed_by`: a person's word, or the records."""

    id: UUID
    version: int
    uscc: str
    region_code: str
    park_code: str | None
    kind: str
    label: str
    due_on: date
    state: DutyState
    provision_ids: list[str]
    clause: str
    recognition_id: UUID | None
    known_on: date
    done_on: date | None
    proof: str | None
    reason: str | None
    closed_by: ClosedBy | None
    updated_at: datetime


class NoticeRead(BaseModel):
    """A notice. `offset_days` counts before the due date, negative after it; `is_provisional` where the holidays of the
    year were not published when it was planned. `sent_on` is the business date, `sent_at` the instant.
    """

    id: UUID
    uscc: str
    region_code: str
    park_code: str | None
    duty_id: UUID | None
    award_id: UUID | None
    kind: str
    offset_days: int
    due_on: date | None
    planned_on: date
    is_provisional: bool
    channel: Channel
    recipient: RecipientRole
    state: NoticeState
    sent_at: datetime | None
    sent_on: date | None
    title: str | None
    read_at: datetime | None


class DeliveryRead(BaseModel):
    """A copy of a notice. `may_be_repeat` where an earlier try was broken off and may have arrived."""

    channel: Channel
    state: DeliveryState
    attempt_count: int
    next_attempt_at: datetime | None
    message_id: str | None
    may_be_repeat: bool
    recipient_id: UUID | None
    recipient_version: int | None
    provider_reference: str | None
    problem: str | None
    accepted_at: datetime | None


class NoticeDetail(NoticeRead):
    """A notice as it was sent: its words, the template they came from, the clause, and its copies."""

    body: str | None
    clause: str | None
    template_id: str | None
    template_version: int | None
    read_by: str | None
    deliveries: list[DeliveryRead]


class TemplateRead(BaseModel):
    """A template in force; `placeholders` are what it names, `allowed_placeholders` what it might."""

    id: str
    version: int
    phase: Phase
    notice_kinds: list[str]
    title: str
    body: str
    placeholders: list[str]
    allowed_placeholders: list[str]


class RecipientCreate(Body):
    """Who gets the copies of an enterprise's notices in a role; naming a role again replaces the person."""

    uscc: Uscc
    role: Code
    email: Email
    name: Text | None = None
    phone: Phone | None = None


class RecipientRead(BaseModel):
    """A recipient; name and addresses are masked for those who need not know them."""

    id: UUID
    version: int
    uscc: str
    role: str
    source: RecipientSource
    name: str | None
    email: str | None
    phone: str | None
    consents: bool


class RunRequest(Body):
    """The business date to run the planners for (today where left out)."""

    as_of: Day | None = Field(default=None, description="业务日期 / business date")


class RunRead(BaseModel):
    """What a run did."""

    id: UUID
    as_of: date
    requested_by: str
    planned_count: int
    sent_count: int
    withdrawn_count: int
    skipped_count: int
    overdue_count: int
    started_at: datetime
    finished_at: datetime
