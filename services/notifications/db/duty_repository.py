"""Duties on record: read for comparison, written in bulk, listed by key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.db.bulk import as_document
from services.notifications.db.tables import Duty
from services.notifications.domain.duties import AWAITED, ClosedBy, DutyState, KnownDuty
from services.notifications.domain.records import DutyRecord, Place

_KNOWN = sa.text(
    "SELECT uscc, id, version, kind, subject, due_on, state, closed_by, label, provision_ids FROM duties"
    " WHERE uscc = ANY(CAST(:usccs AS text[])) ORDER BY uscc, due_on, id FOR NO KEY UPDATE"
)
_INSERT = sa.text(
    "INSERT INTO duties (version, uscc, region_code, park_code, kind, subject, label, due_on, state, recognition_id,"
    " provision_ids, clause, known_on)"
    " SELECT 1, uscc, region_code, park_code, kind, subject, label, due_on, 'open', recognition_id, provision_ids,"
    " clause, :known_on FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row (uscc text, region_code text,"
    " park_code text, kind text, subject text, label text, due_on date, recognition_id uuid, provision_ids text[],"
    " clause text) ON CONFLICT ON CONSTRAINT uq_duties_uscc_kind_subject DO NOTHING"
    " RETURNING id, version, uscc, region_code, park_code, kind, subject, label, due_on, state, provision_ids"
)
_CHANGE = sa.text(
    "UPDATE duties SET version = version + 1, updated_at = clock_timestamp(), state = row.state,"
    " closed_by = row.closed_by, done_on = row.done_on, proof = row.proof, reason = row.reason,"
    " due_on = coalesce(row.due_on, duties.due_on), label = coalesce(row.label, duties.label),"
    " clause = coalesce(row.clause, duties.clause), provision_ids = coalesce(row.provision_ids, duties.provision_ids),"
    " recognition_id = coalesce(row.recognition_id, duties.recognition_id)"
    " FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row (id uuid, state text, closed_by text, done_on date,"
    " proof text, reason text, due_on date, label text, clause text, provision_ids text[], recognition_id uuid)"
    " WHERE duties.id = row.id RETURNING duties.id, version, uscc, region_code, park_code, kind, subject,"
    " duties.label, duties.due_on, duties.state, duties.provision_ids"
)
_MARK_OVERDUE = sa.text(
    "UPDATE duties SET state = 'overdue', version = version + 1, updated_at = clock_timestamp()"
    " WHERE state = 'open' AND due_on < :as_of"
    " RETURNING id, version, uscc, region_code, park_code, kind, subject, label, due_on, state, provision_ids"
)


@dataclass(frozen=True)
class NewDuty:
    """A duty to put on record."""

    uscc: str
    region_code: str
    park_code: str | None
    kind: str
    subject: str
    label: str
    due_on: date
    recognition_id: UUID
    provision_ids: tuple[str, ...]
    clause: str


@dataclass(frozen=True)
class ChangedDuty:
    """What a duty is to become; of the texts and dates, None leaves what is there."""

    id: UUID
    state: DutyState
    closed_by: ClosedBy | None = None
    done_on: date | None = None
    proof: str | None = None
    reason: str | None = None
    due_on: date | None = None
    label: str | None = None
    clause: str | None = None
    provision_ids: tuple[str, ...] | None = None
    recognition_id: UUID | None = None


@dataclass(frozen=True)
class DutyFilter:
    """What a list of duties is narrowed to."""

    uscc: str | None = None
    kind: str | None = None
    state: DutyState | None = None
    due_before: date | None = None
    regions: Sequence[str] | None = None


def _record(row: sa.Row[Any]) -> DutyRecord:
    return DutyRecord(
        id=row.id,
        version=row.version,
        place=Place(row.uscc, row.region_code, row.park_code),
        kind=row.kind,
        subject=row.subject,
        label=row.label,
        due_on=row.due_on,
        state=DutyState(row.state),
        provision_ids=tuple(row.provision_ids),
    )


async def list_known(session: AsyncSession, usccs: Iterable[str]) -> dict[str, list[KnownDuty]]:
    """Lock and return the duties of these enterprises."""
    known: dict[str, list[KnownDuty]] = {uscc: [] for uscc in usccs}
    for row in await session.execute(_KNOWN, {"usccs": list(known)}):
        known[row.uscc].append(
            KnownDuty(
                id=row.id,
                version=row.version,
                kind=row.kind,
                subject=row.subject,
                due_on=row.due_on,
                state=DutyState(row.state),
                closed_by=ClosedBy(row.closed_by) if row.closed_by else None,
                label=row.label,
                provision_ids=tuple(row.provision_ids),
            )
        )
    return known


async def insert_duties(session: AsyncSession, duties: Sequence[NewDuty], *, known_on: date) -> list[DutyRecord]:
    """Put duties on record; those that are there already are left out of the answer."""
    if not duties:
        return []
    result = await session.execute(_INSERT, {"rows": as_document(duties), "known_on": known_on})
    return [_record(row) for row in result]


async def change_duties(session: AsyncSession, changes: Sequence[ChangedDuty]) -> list[DutyRecord]:
    """Change duties, each to its next version."""
    if not changes:
        return []
    return [_record(row) for row in await session.execute(_CHANGE, {"rows": as_document(changes)})]


async def mark_overdue(session: AsyncSession, as_of: date) -> list[DutyRecord]:
    """Turn open duties whose day has passed into overdue ones."""
    return [_record(row) for row in await session.execute(_MARK_OVERDUE, {"as_of": as_of})]


def record_of(duty: Duty) -> DutyRecord:
    """Return what others may see of a duty."""
    return DutyRecord(
        id=duty.id,
        version=duty.version,
        place=Place(duty.uscc, duty.region_code, duty.park_code),
        kind=duty.kind,
        subject=duty.subject,
        label=duty.label,
        due_on=duty.due_on,
        state=duty.state,
        provision_ids=tuple(duty.provision_ids),
    )


async def find_duty(session: AsyncSession, duty_id: UUID, *, for_change: bool = False) -> Duty | None:
    """Return a duty, locked where it is to be changed."""
    return await session.get(Duty, duty_id, with_for_update={"key_share": True} if for_change else None)


async def list_duties(
    session: AsyncSession, wanted: DutyFilter, *, after: tuple[date, UUID] | None, limit: int
) -> list[Mapping[str, Any]]:
    """Return up to `limit` duties by due date, from after the given key on."""
    table = Duty.__table__  # type: ignore[attr-defined]
    query = sa.select(table).order_by(table.c.due_on, table.c.id).limit(limit).where(*_conditions(table.c, wanted))
    if after is not None:
        query = query.where(
            sa.tuple_(table.c.due_on, table.c.id) > sa.tuple_(sa.literal(after[0]), sa.literal(after[1]))
        )
    return [dict(row) for row in (await session.execute(query)).mappings()]


def _conditions(columns: Any, wanted: DutyFilter) -> Iterator[sa.ColumnElement[bool]]:
    for name in ("uscc", "kind", "state"):
        if (value := getattr(wanted, name)) is not None:
            yield columns[name] == value
    if wanted.due_before is not None:
        yield columns.due_on < wanted.due_before
    if wanted.regions is not None:
        yield columns.region_code.in_(wanted.regions)


async def list_awaited_of(session: AsyncSession, uscc: str) -> list[Mapping[str, Any]]:
    """Return every duty of an enterprise that still has to be done, by due date."""
    table = Duty.__table__  # type: ignore[attr-defined]
    query = (
        sa.select(table)
        .where(table.c.uscc == uscc, table.c.state.in_(sorted(AWAITED)))
        .order_by(table.c.due_on, table.c.id)
    )
    return [dict(row) for row in (await session.execute(query)).mappings()]
