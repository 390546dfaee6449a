"""The registry's tables. The migrations create them; row-level security hangs on region_code, park_code and uscc."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, JSONB
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from shared.db.base import service_metadata

metadata = service_metadata()
_INSTANT = sa.DateTime(timezone=True)
_NOW = {"server_default": sa.text("clock_timestamp()")}


class Table(SQLModel, registry=registry(metadata=metadata)):
    """Base of this service's tables; SQLModel's own registry would mix the services'."""


class Scoped(SQLModel):
    """Columns that row-level security reads; a move changes them in every table of SCOPED_TABLES."""

    uscc: str = Field(sa_type=sa.Text, foreign_key="enterprises.uscc")
    region_code: str = Field(sa_type=sa.Text)
    park_code: str | None = Field(default=None, sa_type=sa.Text)


class EnterpriseRow(Table, table=True):
    """An enterprise. `said_rung` is what the others were told last, `due_on` when time will change something next."""

    __tablename__ = "enterprises"

    uscc: str = Field(primary_key=True, sa_type=sa.Text)
    version: int
    name: str = Field(sa_type=sa.Text)
    former_names: list[str] = Field(sa_type=ARRAY(sa.Text))
    entity_kind: str = Field(sa_type=sa.Text)
    is_candidate: bool
    region_code: str = Field(sa_type=sa.Text)
    park_code: str | None = Field(default=None, sa_type=sa.Text)
    registered_on: date | None = None
    registered_capital_fen: int | None = Field(default=None, sa_type=sa.BigInteger)
    industry_code: str | None = Field(default=None, sa_type=sa.Text)
    address: str | None = Field(default=None, sa_type=sa.Text)
    business_scope: str | None = Field(default=None, sa_type=sa.Text)
    said_rung: str = Field(sa_type=sa.Text)
    due_on: date | None = None
    created_at: datetime = Field(sa_type=_INSTANT, sa_column_kwargs=_NOW)
    updated_at: datetime = Field(sa_type=_INSTANT, sa_column_kwargs=_NOW)


class RungIntervalRow(Scoped, Table, table=True):
    """The rung held from a day on, derived from the recognitions whenever they change; `until_on` is exclusive."""

    __tablename__ = "rung_intervals"

    uscc: str = Field(primary_key=True, sa_type=sa.Text, foreign_key="enterprises.uscc")
    from_on: date = Field(primary_key=True)
    until_on: date | None = None
    rung: str = Field(sa_type=sa.Text)


class RecognitionRow(Scoped, Table, table=True):
    """A recognition. `sequence` follows from the others of its kind, `lapse_said` guards the one announcement."""

    __tablename__ = "recognitions"

    id: UUID = Field(primary_key=True)
    kind: str = Field(sa_type=sa.Text)
    level: str | None = Field(default=None, sa_type=sa.Text)
    certificate_number: str | None = Field(default=None, sa_type=sa.Text)
    issuer: str | None = Field(default=None, sa_type=sa.Text)
    document: str | None = Field(default=None, sa_type=sa.Text)
    issued_on: date
    valid_until_on: date | None = None
    sequence: str = Field(sa_type=sa.Text)
    lapse_said: bool = False
    revoked_on: date | None = None
    revocation_reason: str | None = Field(default=None, sa_type=sa.Text)
    revocation_document: str | None = Field(default=None, sa_type=sa.Text)
    recorded_at: datetime = Field(sa_type=_INSTANT, sa_column_kwargs=_NOW)


class FigureRow(Scoped, Table, table=True):
    """One reported value; the newest of an enterprise, year and item stands, the others are its history."""

    __tablename__ = "figures"

    id: int | None = Field(default=None, sa_column=sa.Column(sa.BigInteger, sa.Identity(always=True), primary_key=True))
    year: int = Field(sa_type=sa.SmallInteger)
    item: str = Field(sa_type=sa.Text)
    value: int = Field(sa_type=sa.BigInteger)
    source: str = Field(sa_type=sa.Text)
    reported_by: str = Field(sa_type=sa.Text)
    reported_at: datetime = Field(sa_type=_INSTANT, sa_column_kwargs=_NOW)


class ScaleMarkRow(Scoped, Table, table=True):
    """From a day on above or below designated size, says a source; the newest mark of a day stands."""

    __tablename__ = "scale_marks"

    id: int | None = Field(default=None, sa_column=sa.Column(sa.BigInteger, sa.Identity(always=True), primary_key=True))
    above_scale: bool
    from_on: date
    source: str = Field(sa_type=sa.Text)
    recorded_at: datetime = Field(sa_type=_INSTANT, sa_column_kwargs=_NOW)


class MoveRow(Scoped, Table, table=True):
    """A move to another county or park; before it the enterprise was in `from_region_code`."""

    __tablename__ = "moves"

    id: int | None = Field(default=None, sa_column=sa.Column(sa.BigInteger, sa.Identity(always=True), primary_key=True))
    moved_on: date
    from_region_code: str = Field(sa_type=sa.Text)
    from_park_code: str | None = Field(default=None, sa_type=sa.Text)


class BlockRow(Scoped, Table, table=True):
    """An integrity block, until a person releases it."""

    __tablename__ = "blocks"

    id: UUID = Field(primary_key=True)
    kind: str = Field(sa_type=sa.Text)
    source: str = Field(sa_type=sa.Text)
    document: str | None = Field(default=None, sa_type=sa.Text)
    from_on: date
    released_on: date | None = None
    release_reason: str | None = Field(default=None, sa_type=sa.Text)


class ContactRow(Scoped, Table, table=True):
    """A contact by role; name, phone and e-mail only sealed."""

    __tablename__ = "contacts"

    id: UUID = Field(primary_key=True)
    role: str = Field(sa_type=sa.Text)
    sealed: str = Field(sa_type=sa.Text)
    consent: bool


class TimelineEntryRow(Scoped, Table, table=True):
    """One event of any service about an enterprise, as it was heard."""

    __tablename__ = "timeline_entries"

    id: int | None = Field(default=None, sa_column=sa.Column(sa.BigInteger, sa.Identity(always=True), primary_key=True))
    uscc: str = Field(sa_type=sa.Text)
    event_id: UUID = Field(unique=True)
    event_type: str = Field(sa_type=sa.Text)
    aggregate: str = Field(sa_type=sa.Text)
    aggregate_id: str = Field(sa_type=sa.Text)
    occurred_at: datetime = Field(sa_type=_INSTANT)
    actor: str | None = Field(default=None, sa_type=sa.Text)
    details: dict[str, Any] = Field(sa_type=JSONB)


SCOPED_TABLES = tuple(
    row.__tablename__
    for row in (
        RungIntervalRow,
        RecognitionRow,
        FigureRow,
        ScaleMarkRow,
        MoveRow,
        BlockRow,
        ContactRow,
        TimelineEntryRow,
    )
)
"""Tables besides the enterprises' own whose rows lie where their enterprise lies."""


class ImportRow(Table, table=True):
    """One uploaded list, and how far it has come; `done_count` is the checkpoint a new run goes on from."""

    __tablename__ = "imports"

    id: UUID = Field(primary_key=True)
    region_code: str | None = Field(default=None, sa_type=sa.Text)
    file_name: str = Field(sa_type=sa.Text)
    file_format: str = Field(sa_type=sa.Text)
    file_sha256: str = Field(sa_type=sa.Text)
    mapping: dict[str, str] = Field(sa_type=JSONB)
    principal: dict[str, Any] = Field(sa_type=JSONB)
    dry_run: bool
    state: str = Field(sa_type=sa.Text)
    headings: list[str] | None = Field(default=None, sa_type=ARRAY(sa.Text))
    columns: dict[str, int] | None = Field(default=None, sa_type=JSONB)
    total_count: int | None = None
    done_count: int = 0
    created_count: int = 0
    updated_count: int = 0
    unchanged_count: int = 0
    error_count: int = 0
    marked_count: int = 0
    failure: str | None = Field(default=None, sa_type=sa.Text)
    created_at: datetime = Field(sa_type=_INSTANT, sa_column_kwargs=_NOW)
    started_at: datetime | None = Field(default=None, sa_type=_INSTANT)
    finished_at: datetime | None = Field(default=None, sa_type=_INSTANT)


class ImportFileRow(Table, table=True):
    """The uploaded bytes, until the import is done."""

    __tablename__ = "import_files"

    import_id: UUID = Field(primary_key=True, foreign_key="imports.id")
    content: bytes = Field(sa_type=BYTEA)


class ImportedRow(Table, table=True):
    """What became of one line; `cells` are kept where it was refused, so that the line can be given back."""

    __tablename__ = "import_rows"

    import_id: UUID = Field(primary_key=True, foreign_key="imports.id")
    line: int = Field(primary_key=True)
    state: str = Field(sa_type=sa.Text)
    uscc: str | None = Field(default=None, sa_type=sa.Text)
    is_marked: bool = False
    errors: list[dict[str, str]] = Field(sa_type=JSONB)
    notes: list[str] = Field(sa_type=JSONB)
    cells: list[str | None] | None = Field(default=None, sa_type=JSONB)
