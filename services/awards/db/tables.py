"""The tables of the awards service; the first migration creates them, a test keeps the two equal."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from services.awards.domain.states import AwardStatus, Seat, Step
from shared.db.base import service_metadata, text_enum

metadata = service_metadata()


class Base(SQLModel, registry=registry(metadata=metadata)):
    """Base of this service's tables."""


class KnownEnterprise(Base, table=True):
    """The read copy of an enterprise: the newest state its service announced."""

    __tablename__ = "known_enterprises"

    uscc: str = Field(primary_key=True, sa_type=sa.Text)
    version: int
    region_code: str = Field(sa_type=sa.Text)
    park_code: str | None = Field(default=None, sa_type=sa.Text)
    state: dict[str, Any] = Field(sa_type=JSONB)


class Award(Base, table=True):
    """One award. `facts` and `pack_hash` are those of the last proposal; each review freezes its own."""

    __tablename__ = "awards"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    version: int = 0
    uscc: str | None = Field(default=None, sa_type=sa.Text)
    region_code: str = Field(sa_type=sa.Text)
    park_code: str | None = Field(default=None, sa_type=sa.Text)
    beneficiary: str = Field(sa_type=sa.Text)
    beneficiary_id: str = Field(sa_type=sa.Text)
    beneficiary_name: str = Field(sa_type=sa.Text)
    grant_rule_id: str = Field(sa_type=sa.Text)
    grant_rule_label: str = Field(sa_type=sa.Text)
    provision_ids: list[str] = Field(sa_type=ARRAY(sa.Text))
    pack_id: str = Field(sa_type=sa.Text)
    pack_hash: str = Field(sa_type=sa.Text)
    trigger_kind: str = Field(sa_type=sa.Text)
    trigger_id: str = Field(sa_type=sa.Text)
    trigger_on: date
    once_key: str = Field(sa_type=sa.Text)
    amount_kind: str = Field(sa_type=sa.Text)
    amount_fen: int | None = Field(default=None, sa_type=sa.BigInteger)
    state: AwardStatus = Field(default=AwardStatus.PROPOSED, sa_type=text_enum(AwardStatus))
    cycle: int = 1
    facts_changed: bool = False
    clawback_due: bool = False
    reason: str | None = Field(default=None, sa_type=sa.Text)
    explanation: dict[str, Any] = Field(sa_type=JSONB)
    facts: list[dict[str, Any]] = Field(sa_type=JSONB)
    proposed_on: date
    decided_on: date | None = None
    created_at: datetime | None = Field(
        default=None,
        nullable=False,
        sa_type=sa.DateTime(timezone=True),
        sa_column_kwargs={"server_default": sa.func.clock_timestamp()},
    )


class AwardSeat(Base, table=True):
    """For which office a person acts on an award: the primary key lets nobody act for two."""

    __tablename__ = "award_seats"

    award_id: UUID = Field(primary_key=True)
    person_id: str = Field(primary_key=True, sa_type=sa.Text)
    seat: Seat = Field(sa_type=text_enum(Seat))


class AwardReview(Base, table=True):
    """One step a person took, with everything it rested on. Never changed afterwards."""

    __tablename__ = "award_reviews"

    id: int | None = Field(default=None, sa_column=sa.Column(sa.BigInteger, sa.Identity(always=True), primary_key=True))
    award_id: UUID
    cycle: int
    step: Step = Field(sa_type=text_enum(Step))
    seat: Seat = Field(sa_type=text_enum(Seat))
    person_id: str = Field(sa_type=sa.Text)
    person_name: str = Field(sa_type=sa.Text)
    from_state: AwardStatus = Field(sa_type=text_enum(AwardStatus))
    to_state: AwardStatus = Field(sa_type=text_enum(AwardStatus))
    award_version: int
    content_hash: str = Field(sa_type=sa.Text)
    content: dict[str, Any] = Field(sa_type=JSONB)
    comment: str | None = Field(default=None, sa_type=sa.Text)
    reason: str | None = Field(default=None, sa_type=sa.Text)
    document_number: str | None = Field(default=None, sa_type=sa.Text)
    taken_on: date
    taken_at: datetime | None = Field(
        default=None,
        nullable=False,
        sa_type=sa.DateTime(timezone=True),
        sa_column_kwargs={"server_default": sa.func.clock_timestamp()},
    )
