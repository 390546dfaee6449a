"""The pipeline's tables: Core where rows are read in numbers, entities where one record is changed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from services.pipeline.domain.assignments import AssignmentState
from services.pipeline.domain.board import Stay
from services.pipeline.domain.memberships import MembershipState
from shared.db.base import service_metadata, text_enum

metadata = service_metadata()

enterprises = sa.Table(
    "enterprises",
    metadata,
    sa.Column("uscc", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("is_candidate", sa.Boolean, nullable=False),
    sa.Column("region_code", sa.Text, nullable=False),
    sa.Column("park_code", sa.Text),
    sa.Column("rung", sa.Text, nullable=False),
    sa.Column("first_known_on", sa.Date, nullable=False),
    sa.Column("state", JSONB, nullable=False),
    sa.Column("places", JSONB, nullable=False),
    sa.Column("stays", JSONB, nullable=False),
    sa.Column("steps", JSONB, nullable=False),
    sa.Column("doors", JSONB, nullable=False),
    sa.Column("review_on", sa.Date),
)
"""The copy of every enterprise as last heard, with what follows from it: its steps on the board, and its open doors."""


def _cell_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("region_code", sa.Text, primary_key=True),
        sa.Column("park_code", sa.Text, primary_key=True),
        sa.Column("rung", sa.Text, primary_key=True),
        sa.Column("pool_state", sa.Text, primary_key=True),
        sa.Column("is_candidate", sa.Boolean, primary_key=True),
    ]


board_deltas = sa.Table(
    "board_deltas",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("region_code", sa.Text, nullable=False),
    sa.Column("park_code", sa.Text, nullable=False),
    sa.Column("rung", sa.Text, nullable=False),
    sa.Column("pool_state", sa.Text, nullable=False),
    sa.Column("is_candidate", sa.Boolean, nullable=False),
    sa.Column("net", sa.Integer, nullable=False),
)
"""What writers add to the board, until the next fold."""

board_days = sa.Table(
    "board_days",
    metadata,
    sa.Column("day", sa.Date, primary_key=True),
    *_cell_columns(),
    sa.Column("net", sa.Integer, nullable=False),
)
"""What each day adds to each cell."""

board_marks = sa.Table(
    "board_marks",
    metadata,
    sa.Column("day", sa.Date, primary_key=True),
    *_cell_columns(),
    sa.Column("net", sa.Integer, nullable=False),
)
"""What each cell holds at the end of a marked day."""

board_mark_days = sa.Table("board_mark_days", metadata, sa.Column("day", sa.Date, primary_key=True))
"""The marked days."""

pool_packs = sa.Table(
    "pool_packs",
    metadata,
    sa.Column("jurisdiction", sa.Text, primary_key=True),
    sa.Column("content_hash", sa.Text, nullable=False),
)
"""The content of each pool.yaml by which doors were last judged."""


class Table(SQLModel, registry=registry(metadata=metadata)):
    """Base of this service's entities."""


class Membership(Table, table=True):
    """One stay of an enterprise in a pool, with the facts frozen when it was decided."""

    __tablename__ = "memberships"

    id: UUID = Field(default=None, primary_key=True, sa_column_kwargs={"server_default": sa.text("uuidv7()")})
    version: int = 1
    uscc: str
    name: str
    region_code: str
    park_code: str | None = None
    jurisdiction: str
    pool: str
    door: str
    state: MembershipState = Field(sa_type=text_enum(MembershipState))
    admitted_on: date
    admitted_by: str
    admission_reason: str | None = None
    entry_number: int
    ended_on: date | None = None
    ended_by: str | None = None
    reason: str | None = None
    snapshot: dict[str, Any] = Field(sa_type=JSONB)

    @property
    def stay(self) -> Stay:
        """The stay as the board counts it."""
        return Stay(self.admitted_on, self.ended_on, self.state is MembershipState.GRADUATED)


class Specialist(Table, table=True):
    """A person, team or organisation that serves enterprises one to one."""

    __tablename__ = "specialists"

    id: UUID = Field(default=None, primary_key=True, sa_column_kwargs={"server_default": sa.text("uuidv7()")})
    version: int = 1
    name: str
    kind: str
    home_unit: str
    unit_kind: str | None = None
    title: str | None = None
    region_code: str
    login: str | None = None
    capacity: int | None = None
    served_count: int = 0


class SpecialistGrade(Table, table=True):
    """The grade a panel gave a specialist for a year."""

    __tablename__ = "specialist_grades"

    specialist_id: UUID = Field(primary_key=True)
    year: int = Field(primary_key=True)
    region_code: str
    grade: str
    graded_on: date
    graded_by: str


class Assignment(Table, table=True):
    """A specialist's service of one enterprise."""

    __tablename__ = "assignments"

    id: UUID = Field(default=None, primary_key=True, sa_column_kwargs={"server_default": sa.text("uuidv7()")})
    version: int = 1
    uscc: str
    enterprise_name: str
    region_code: str
    park_code: str | None = None
    specialist_id: UUID
    specialist_name: str
    login: str | None = None
    state: AssignmentState = Field(sa_type=text_enum(AssignmentState))
    from_on: date
    until_on: date | None = None
    predecessor_id: UUID | None = None
    end_reason: str | None = None


class Visit(Table, table=True):
    """One entry of the service log."""

    __tablename__ = "visits"

    id: UUID = Field(default=None, primary_key=True, sa_column_kwargs={"server_default": sa.text("uuidv7()")})
    assignment_id: UUID
    uscc: str
    region_code: str
    park_code: str | None = None
    specialist_id: UUID
    kind: str
    visited_on: date
    outcome: str
    next_step: str | None = None
    next_step_due_on: date | None = None
    logged_by: str
    logged_at: datetime = Field(default=None, sa_column_kwargs={"server_default": sa.text("clock_timestamp()")})
