"""Appending: the news of a change, written in the caller's transaction. Nobody else may write the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.driver import run
from shared.events.base import Event
from shared.kernel.roles import SYSTEM, Principal
from shared.outbox.errors import EventTooLarge
from shared.telemetry.context import causation_id, correlation_id

MAX_PAYLOAD_BYTES = 65_536

# The sort runs before the identity is drawn, so rows of one call keep their order. The payloads come as one document,
# whose elements PostgreSQL keeps to the letter: as an array of texts each quotation mark would be escaped, in Python.
_INSERT = sa.text(
    "INSERT INTO outbox (topic, key, agg_type, agg_id, agg_version, type, payload, actor, correlation_id, causation_id)"
    " SELECT topic, key, agg_type, agg_id, agg_version, type, payload, :actor, :correlation, :causation"
    " FROM ROWS FROM (unnest(CAST(:topics AS text[]), CAST(:keys AS text[]), CAST(:agg_types AS text[]),"
    " CAST(:agg_ids AS text[]), CAST(:versions AS int[]), CAST(:types AS text[])),"
    " json_array_elements(CAST(:payloads AS json))) WITH ORDINALITY"
    " AS fact (topic, key, agg_type, agg_id, agg_version, type, payload, place)"
    " ORDER BY place RETURNING event_id"
)

# What a request says is one fact as a rule: plain values cost the driver a quarter of what arrays cost.
_INSERT_ONE = sa.text(
    "INSERT INTO outbox (topic, key, agg_type, agg_id, agg_version, type, payload, actor, correlation_id, causation_id)"
    " VALUES (:topics, :keys, :agg_types, :agg_ids, :versions, :types, :payloads, :actor, :correlation, :causation)"
    " RETURNING event_id"
)


async def append(session: AsyncSession, event: Event) -> UUID:
    """Announce one fact; returns the event's id. The caller has raised the aggregate's version in this transaction."""
    return (await append_all(session, [event]))[0]


async def append_all(session: AsyncSession, events: Sequence[Event]) -> list[UUID]:
    """Announce several facts in the given order with one statement; returns their ids in that order."""
    if not events:
        return []
    principal: Principal = session.info.get("principal", SYSTEM)
    cause = {"actor": principal.subject, "correlation": correlation_id(), "causation": causation_id()}
    facts = [_columns(event) for event in events]
    if len(facts) == 1:
        rows = await run(session, _INSERT_ONE, {**facts[0], **cause})
    else:
        columns = {name: [fact[name] for fact in facts] for name in facts[0]}
        payloads = f"[{','.join(columns.pop('payloads'))}]"
        rows = await run(session, _INSERT, {**columns, **cause, "payloads": payloads})
    session.info["announced"] = True
    return [event_id for (event_id,) in rows]


def _columns(event: Event) -> dict[str, Any]:
    return {
        "topics": event.topic,
        "keys": event.key,
        "agg_types": event.aggregate,
        "agg_ids": event.aggregate_id,
        "versions": event.version,
        "types": event.event_type,
        "payloads": _payload(event),
    }


def _payload(event: Event) -> str:
    text = event.model_dump_json()
    size = len(text.encode())
    if size > MAX_PAYLOAD_BYTES:
        raise EventTooLarge(f"事件 {event.event_type} 有 {size} 字节,上限为 {MAX_PAYLOAD_BYTES} 字节")
    return text
