"""Copies of notices: queued with the notice, claimed and settled under a lease. All times are the database's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.db.tables import Delivery
from services.notifications.domain.deliveries import Channel, DeliveryState

_NO_RECIPIENT = "企业没有登记接收人,只在系统内通知"

_QUEUE = sa.text(
    "INSERT INTO deliveries (notice_id, uscc, region_code, park_code, channel, state, next_attempt_at, problem)"
    " SELECT id, uscc, region_code, park_code, :channel, CASE WHEN reachable THEN 'pending' ELSE 'unaddressed' END,"
    " CASE WHEN reachable THEN clock_timestamp() END, CASE WHEN NOT reachable THEN :problem END"
    " FROM (SELECT notices.*, EXISTS (SELECT FROM recipients WHERE recipients.uscc = notices.uscc) AS reachable"
    " FROM notices WHERE id = ANY(CAST(:notice_ids AS uuid[]))) AS sent"
    " ON CONFLICT ON CONSTRAINT uq_deliveries_notice_id_channel DO NOTHING"
)
# A copy that has not left yet is not sent when its duty was closed, or its day moved, meanwhile.
_WITHDRAW = sa.text(
    "UPDATE deliveries SET state = 'withdrawn', next_attempt_at = NULL, updated_at = clock_timestamp()"
    " FROM notices JOIN duties ON duties.id = notices.duty_id WHERE notices.id = deliveries.notice_id"
    " AND duties.id = ANY(CAST(:duty_ids AS uuid[])) AND notices.duty_id = ANY(CAST(:duty_ids AS uuid[]))"
    " AND deliveries.state IN ('pending', 'unknown')"
    " AND (duties.state NOT IN ('open', 'overdue') OR duties.due_on <> notices.due_on)"
)
# Contacts may become known after the notice: they travel on another stream, or are entered the week after.
_READDRESS = sa.text(
    "UPDATE deliveries SET state = 'pending', next_attempt_at = clock_timestamp(), problem = NULL,"
    " updated_at = clock_timestamp() FROM notices LEFT JOIN duties ON duties.id = notices.duty_id"
    " WHERE deliveries.uscc = :uscc AND deliveries.state = 'unaddressed' AND notices.id = deliveries.notice_id"
    " AND notices.sent_at > clock_timestamp() - make_interval(days => :days)"
    " AND (duties.id IS NULL OR (duties.state IN ('open', 'overdue') AND duties.due_on = notices.due_on))"
)
# A lease that ran out means that its holder died or lost the server's answer: the mail may have been taken.
_EXPIRE = sa.text(
    "UPDATE deliveries SET state = 'unknown', lease_token = NULL, lease_until = NULL, updated_at = clock_timestamp(),"
    " next_attempt_at = clock_timestamp() + make_interval(secs => :wait_seconds),"
    " problem = '发送过程中断,是否送达不明' WHERE state = 'sending' AND lease_until < clock_timestamp()"
)
_CLAIM = sa.text(
    "UPDATE deliveries SET state = 'sending', attempt_count = attempt_count + 1, next_attempt_at = NULL,"
    " may_be_repeat = may_be_repeat OR state = 'unknown', lease_token = :token,"
    " lease_until = clock_timestamp() + make_interval(secs => :lease_seconds), updated_at = clock_timestamp()"
    " WHERE id IN (SELECT id FROM deliveries WHERE state IN ('pending', 'unknown')"
    " AND next_attempt_at <= clock_timestamp() ORDER BY next_attempt_at LIMIT :limit FOR UPDATE SKIP LOCKED)"
    " RETURNING id, notice_id, uscc, attempt_count, may_be_repeat"
)
_WAITING = sa.text(
    "SELECT EXISTS (SELECT FROM deliveries WHERE state IN ('pending', 'unknown')"
    " AND next_attempt_at <= clock_timestamp())"
)
_TEXTS = sa.text("SELECT id, title, body FROM notices WHERE id = ANY(CAST(:notice_ids AS uuid[]))")
_SETTLE = sa.text(
    "UPDATE deliveries SET state = :state, lease_token = NULL, lease_until = NULL, updated_at = clock_timestamp(),"
    " next_attempt_at = clock_timestamp() + make_interval(secs => CAST(:wait_seconds AS int)),"
    " provider_reference = coalesce(:reference, provider_reference), problem = :problem,"
    " accepted_at = CASE WHEN CAST(:state AS text) = 'accepted' THEN clock_timestamp() END"
    " WHERE id = :id AND lease_token = :token RETURNING notice_id"
)
_ADDRESS = sa.text(
    "UPDATE deliveries SET message_id = :message_id, recipient_id = :recipient_id,"
    " recipient_version = :recipient_version WHERE id = :id AND lease_token = :token"
)
_RELEASE = sa.text(
    "UPDATE deliveries SET state = 'pending', attempt_count = attempt_count - 1, lease_token = NULL,"
    " lease_until = NULL, next_attempt_at = clock_timestamp(), updated_at = clock_timestamp()"
    " WHERE id = ANY(CAST(:ids AS uuid[])) AND lease_token = :token"
)


@dataclass(frozen=True)
class Claimed:
    """A copy whose turn it is, held under a lease."""

    id: UUID
    notice_id: UUID
    uscc: str
    attempt_count: int
    may_be_repeat: bool
    token: UUID


async def queue_copies(session: AsyncSession, notice_ids: Sequence[UUID]) -> None:
    """Queue an e-mail copy for each of these notices; where nobody is named the copy says so at once."""
    parameters = {"notice_ids": list(notice_ids), "channel": Channel.EMAIL, "problem": _NO_RECIPIENT}
    await session.execute(_QUEUE, parameters)


async def withdraw_copies(session: AsyncSession, duty_ids: Sequence[UUID]) -> None:
    """Withdraw what has not left yet about duties that were closed or moved."""
    if duty_ids:
        await session.execute(_WITHDRAW, {"duty_ids": list(duty_ids)})


async def readdress(session: AsyncSession, uscc: str, *, days: int) -> None:
    """Queue again what had nobody to go to in the last `days` days and still holds."""
    await session.execute(_READDRESS, {"uscc": uscc, "days": days})


async def expire_leases(session: AsyncSession, *, wait_seconds: int) -> int:
    """Turn copies whose sender fell silent into unknown ones; they are tried again after the wait."""
    count: int = (await session.execute(_EXPIRE, {"wait_seconds": wait_seconds})).rowcount  # type: ignore[attr-defined]
    return count


async def has_waiting(session: AsyncSession) -> bool:
    """Tell whether the time of some copy has come."""
    return bool(await session.scalar(_WAITING))


async def claim(session: AsyncSession, *, token: UUID, lease_seconds: int, limit: int) -> list[Claimed]:
    """Take up to `limit` copies whose time has come; no other sender sees them until the lease runs out."""
    rows = await session.execute(_CLAIM, {"token": token, "lease_seconds": lease_seconds, "limit": limit})
    return [Claimed(row[0], row[1], row[2], row[3], row[4], token) for row in rows]


async def read_texts(session: AsyncSession, notice_ids: Sequence[UUID]) -> dict[UUID, tuple[str, str]]:
    """Return title and body of sent notices."""
    rows = await session.execute(_TEXTS, {"notice_ids": list(notice_ids)})
    return {row.id: (row.title, row.body) for row in rows}


async def note_address(
    session: AsyncSession, claimed: Claimed, *, message_id: str, recipient_id: UUID, recipient_version: int
) -> None:
    """Record to which version of which recipient this try goes, before it goes."""
    await session.execute(
        _ADDRESS,
        {
            "id": claimed.id,
            "token": claimed.token,
            "message_id": message_id,
            "recipient_id": recipient_id,
            "recipient_version": recipient_version,
        },
    )


async def settle(
    session: AsyncSession,
    claimed: Claimed,
    state: DeliveryState,
    *,
    wait_seconds: int | None = None,
    reference: str | None = None,
    problem: str | None = None,
) -> bool:
    """End a try; False where the lease was lost meanwhile and somebody else decides."""
    parameters: dict[str, Any] = {
        "id": claimed.id,
        "token": claimed.token,
        "state": state.value,
        "wait_seconds": wait_seconds,
        "reference": reference,
        "problem": problem,
    }
    return (await session.execute(_SETTLE, parameters)).first() is not None


async def release(session: AsyncSession, claimed: Sequence[Claimed]) -> None:
    """Give back copies that were claimed and not tried."""
    if claimed:
        await session.execute(_RELEASE, {"ids": [item.id for item in claimed], "token": claimed[0].token})


async def list_copies(session: AsyncSession, notice_id: UUID) -> list[Delivery]:
    """Return the copies of a notice."""
    table = Delivery.__table__  # type: ignore[attr-defined]
    found = await session.scalars(sa.select(Delivery).where(table.c.notice_id == notice_id).order_by(table.c.channel))
    return list(found)
