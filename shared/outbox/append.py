"""Appending: the news of a change, written in the caller's transaction. Nobody else may write the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.base import Event
from shared.kernel.roles import SYSTEM, Principal
from shared.outbox.errors import EventTooLarge
from shared.telemetry.context import causation_id, correlation_id

MAX_PAYLOAD_BYTES = 65_536

# The sort runs before the identity is drawn, so rows of one call keep their order.
_INSERT = sa.text(
    "INSERT INTO outbox (topic, key, agg_type, agg_id, agg_version, type, payload, actor, correlation_id, causation_id)"
    " SELECT topic, key, agg_type, agg_id, agg_version, type, payload::json, :actor, :correlation, :causation"
    " FROM unnest(CAST(:topics AS text[]), CAST(:keys AS text[]), CAST(:agg_types AS text[]), CAST(:agg_ids AS text[]),"
    " CAST(:versions AS int[]), CAST(:types AS text[]), CAST(:payloads AS text[]))"
    " WITH ORDINALITY AS fact (topic, key, agg_type, agg_id, agg_version, type, payload, place)"
    " ORDER BY place RETURNING event_id"
)


async def append(session: AsyncSession, event: Event) -> UUID:
    """Announce one fact; returns the event's id. The caller has raised the aggregate's version in this transaction."""
    return (await append_all(session, [event]))[0]


async def append_all(session: AsyncSession, events: Sequence[Event]) -> list[UUID]:
    """Announce several facts in the given order with one statement; returns their ids in that order."""
    if not events:
        return []
    principal: Principal = session.info.get("principal", SYSTEM)
    result = await session.execute(
        _INSERT,
        {
            "actor": principal.subject,
            "correlation": correlation_id(),
            "causation": causation_id(),
            "topics": [event.topic for event in events],
            "keys": [event.key for event in events],
            "agg_types": [event.aggregate for event in events],
            "agg_ids": [event.aggregate_id for event in events],
            "versions": [event.version for event in events],
            "types": [event.event_type for event in events],
            "payloads": [_payload(event) for event in events],
        },
    )
    session.info["announced"] = True
    return list(result.scalars())


def _payload(event: Event) -> str:
    text = event.model_dump_json()
    size = len(text.encode())
    if size > MAX_PAYLOAD_BYTES:
        raise EventTooLarge(f"事件 {event.event_type} 有 {size} 字节,上限为 {MAX_PAYLOAD_BYTES} 字节")
    return text
