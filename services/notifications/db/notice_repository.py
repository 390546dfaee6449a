"""Notices on record: planned, withdrawn, skipped and sent in bulk; the unique key makes a second one impossible."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.db.bulk import as_document
from services.notifications.db.tables import Notice
from services.notifications.domain.notices import NoticeState
from services.notifications.domain.records import DueNotice, NoticeRecord, Place
from services.notifications.domain.schedules import RecipientRole

_PLAN = sa.text(
    "INSERT INTO notices (uscc, region_code, park_code, duty_id, kind, offset_days, due_on, planned_on,"
    " is_provisional, recipient, state)"
    " SELECT uscc, region_code, park_code, duty_id, kind, offset_days, due_on, planned_on, is_provisional, recipient,"
    " 'planned' FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row (uscc text, region_code text, park_code text,"
    " duty_id uuid, kind text, offset_days int, due_on date, planned_on date, is_provisional boolean, recipient text)"
    " ON CONFLICT ON CONSTRAINT uq_notices_key DO UPDATE SET state = 'planned', planned_on = excluded.planned_on,"
    " is_provisional = excluded.is_provisional, updated_at = clock_timestamp()"
    " WHERE notices.state = 'withdrawn' OR (notices.state = 'planned' AND (notices.planned_on,"
    " notices.is_provisional) <> (excluded.planned_on, excluded.is_provisional)) RETURNING 1"
)
# A planned notice stays only while its duty is awaited, on the same day, and its offset is still in the schedule.
# The ids stand twice: PostgreSQL does not carry a list over to the other side of a join.
_WITHDRAW = sa.text(
    "UPDATE notices SET state = 'withdrawn', updated_at = clock_timestamp() FROM duties"
    " WHERE duties.id = notices.duty_id AND duties.id = ANY(CAST(:duty_ids AS uuid[]))"
    " AND notices.duty_id = ANY(CAST(:duty_ids AS uuid[])) AND notices.state = 'planned'"
    " AND (duties.state NOT IN ('open', 'overdue') OR duties.due_on <> notices.due_on OR NOT EXISTS ("
    " SELECT FROM jsonb_to_recordset(CAST(:kept AS jsonb)) AS row (duty_id uuid, offset_days int, recipient text)"
    " WHERE row.duty_id = notices.duty_id AND row.offset_days = notices.offset_days"
    " AND row.recipient = notices.recipient))"
)
# Of several that are due for one duty the latest is told; a reminder is of no use once the day has passed.
_SKIP = sa.text(
    "UPDATE notices SET state = 'skipped', updated_at = clock_timestamp()"
    " WHERE state = 'planned' AND planned_on <= :as_of AND ((offset_days >= 0 AND due_on < :as_of) OR EXISTS ("
    " SELECT FROM notices AS later WHERE later.duty_id = notices.duty_id AND later.due_on = notices.due_on"
    " AND later.recipient = notices.recipient AND later.state IN ('planned', 'sent')"
    " AND later.planned_on <= :as_of AND later.offset_days < notices.offset_days))"
)
_TAKE_DUE = sa.text(
    "SELECT notices.id, notices.uscc, notices.region_code, notices.park_code, notices.kind, notices.offset_days,"
    " notices.due_on, duties.label, duties.clause, enterprises.name FROM notices"
    " JOIN duties ON duties.id = notices.duty_id JOIN enterprises ON enterprises.uscc = notices.uscc"
    " WHERE notices.state = 'planned' AND notices.planned_on <= :as_of"
    " ORDER BY notices.planned_on, notices.id LIMIT :limit FOR NO KEY UPDATE OF notices"
)
_PLAN_AWARD = sa.text(
    "INSERT INTO notices (uscc, region_code, park_code, award_id, kind, offset_days, planned_on, recipient, state)"
    " VALUES (:uscc, :region_code, :park_code, :award_id, :kind, 0, :today, :recipient, 'planned')"
    " ON CONFLICT ON CONSTRAINT uq_notices_key DO NOTHING RETURNING id"
)
_MARK_SENT = sa.text(
    "UPDATE notices SET state = 'sent', version = version + 1, sent_at = clock_timestamp(), sent_on = :sent_on,"
    " title = row.title, body = row.body, clause = row.clause, template_id = row.template_id,"
    " template_version = row.template_version, updated_at = clock_timestamp()"
    " FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row (id uuid, title text, body text, clause text,"
    " template_id text, template_version int) WHERE notices.id = row.id AND notices.state = 'planned'"
    " RETURNING notices.id, notices.version, notices.uscc, notices.region_code, notices.park_code, notices.duty_id,"
    " notices.kind, notices.recipient, notices.title, notices.state, notices.sent_at"
)
_FAIL = sa.text(
    "UPDATE notices SET version = version + 1, updated_at = clock_timestamp() WHERE id = :id"
    " RETURNING id, version, uscc, region_code, park_code, duty_id, kind, recipient, title, state, sent_at"
)


@dataclass(frozen=True)
class NoticeToPlan:
    """A notice to put on record for a duty's present due date."""

    uscc: str
    region_code: str
    park_code: str | None
    kind: str
    due_on: date
    duty_id: UUID
    offset_days: int
    planned_on: date
    is_provisional: bool
    recipient: RecipientRole


@dataclass(frozen=True)
class NoticeToSend:
    """The words with which a planned notice is sent."""

    id: UUID
    title: str
    body: str
    clause: str
    template_id: str
    template_version: int


@dataclass(frozen=True)
class NoticeFilter:
    """What a list of notices is narrowed to."""

    uscc: str | None = None
    duty_id: UUID | None = None
    kind: str | None = None
    state: NoticeState | None = None
    due_before: date | None = None
    regions: Sequence[str] | None = None


def _record(row: sa.Row[Any]) -> NoticeRecord:
    return NoticeRecord(
        id=row.id,
        version=row.version,
        place=Place(row.uscc, row.region_code, row.park_code),
        duty_id=row.duty_id,
        kind=row.kind,
        recipient=RecipientRole(row.recipient),
        title=row.title,
        state=NoticeState(row.state),
        sent_at=row.sent_at,
    )


async def plan_notices(session: AsyncSession, notices: Sequence[NoticeToPlan]) -> int:
    """Plan notices; what was sent or skipped for the same key stays so. Returns how many were planned or re-dated."""
    if not notices:
        return 0
    return len((await session.execute(_PLAN, {"rows": as_document(notices)})).all())


async def withdraw_notices(session: AsyncSession, duty_ids: Sequence[UUID], kept: Sequence[NoticeToPlan]) -> int:
    """Withdraw the planned notices of these duties, but for those in `kept` whose duty and day still stand."""
    if not duty_ids:
        return 0
    parameters = {"duty_ids": list(duty_ids), "kept": as_document(kept)}
    return _rowcount(await session.execute(_WITHDRAW, parameters))


async def skip_superseded(session: AsyncSession, as_of: date) -> int:
    """Skip the due notices that a later one replaces or whose use has passed; one a duty and recipient is left."""
    return _rowcount(await session.execute(_SKIP, {"as_of": as_of}))


async def take_due(session: AsyncSession, as_of: date, *, limit: int) -> list[DueNotice]:
    """Lock and return up to `limit` planned notices whose day has come, oldest first."""
    rows = await session.execute(_TAKE_DUE, {"as_of": as_of, "limit": limit})
    return [DueNotice(row[0], Place(row[1], row[2], row[3]), *row[4:]) for row in rows]


async def plan_award_notice(
    session: AsyncSession, place: Place, *, award_id: UUID, kind: str, today: date
) -> UUID | None:
    """Plan a notice about an award; None where it was planned or sent before."""
    parameters = {
        "uscc": place.uscc,
        "region_code": place.region_code,
        "park_code": place.park_code,
        "award_id": award_id,
        "kind": kind,
        "today": today,
        "recipient": RecipientRole.ENTERPRISE,
    }
    found: UUID | None = (await session.execute(_PLAN_AWARD, parameters)).scalar()
    return found


async def mark_sent(session: AsyncSession, notices: Sequence[NoticeToSend], *, sent_on: date) -> list[NoticeRecord]:
    """Make planned notices the notices of record, with their words."""
    if not notices:
        return []
    parameters = {"rows": as_document(notices), "sent_on": sent_on}
    return [_record(row) for row in await session.execute(_MARK_SENT, parameters)]


async def raise_version(session: AsyncSession, notice_id: UUID) -> NoticeRecord:
    """Raise a notice's version for something to be said about it."""
    return _record((await session.execute(_FAIL, {"id": notice_id})).one())


async def find_notice(session: AsyncSession, notice_id: UUID, *, for_change: bool = False) -> Notice | None:
    """Return a notice, locked where it is to be changed."""
    return await session.get(Notice, notice_id, with_for_update={"key_share": True} if for_change else None)


async def list_notices(
    session: AsyncSession, wanted: NoticeFilter, *, after: tuple[date, UUID] | None, limit: int
) -> list[Mapping[str, Any]]:
    """Return up to `limit` notices by the day they are planned for, from after the given key on."""
    table = Notice.__table__  # type: ignore[attr-defined]
    query = sa.select(table).order_by(table.c.planned_on, table.c.id).limit(limit)
    query = query.where(*_conditions(table.c, wanted))
    if after is not None:
        query = query.where(
            sa.tuple_(table.c.planned_on, table.c.id) > sa.tuple_(sa.literal(after[0]), sa.literal(after[1]))
        )
    return [dict(row) for row in (await session.execute(query)).mappings()]


def _conditions(columns: Any, wanted: NoticeFilter) -> Iterator[sa.ColumnElement[bool]]:
    for name in ("uscc", "duty_id", "kind", "state"):
        if (value := getattr(wanted, name)) is not None:
            yield columns[name] == value
    if wanted.due_before is not None:
        yield columns.due_on < wanted.due_before
    if wanted.regions is not None:
        yield columns.region_code.in_(wanted.regions)


def _rowcount(result: Any) -> int:
    count: int = result.rowcount
    return count
