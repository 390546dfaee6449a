"""Who did what, with before, after and why: written in the transaction of the change, never altered afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from pydantic_core import to_json
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.base import backbone_metadata
from shared.db.driver import run
from shared.kernel.roles import SYSTEM, Principal
from shared.telemetry.context import correlation_id

audit_entries = sa.Table(
    "audit_entries",
    backbone_metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("clock_timestamp()")),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("person_id", sa.Text, nullable=False),
    sa.Column("roles", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("aggregate", sa.Text, nullable=False),
    sa.Column("aggregate_id", sa.Text, nullable=False),
    sa.Column("before", JSONB, nullable=True),
    sa.Column("after", JSONB, nullable=True),
    sa.Column("reason", sa.Text, nullable=True),
    sa.Column("correlation_id", UUID(as_uuid=True), nullable=True),
)


_INSERT = sa.text(
    "INSERT INTO audit_entries"
    " (subject, person_id, roles, action, aggregate, aggregate_id, before, after, reason, correlation_id) VALUES"
    " (:subject, :person_id, :roles, :action, :aggregate, :aggregate_id, :before, :after, :reason, :correlation_id)"
)


async def record_change(
    session: AsyncSession,
    *,
    action: str,
    aggregate: str,
    aggregate_id: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Write one audit entry; the actor is the principal the transaction was opened for."""
    principal: Principal = session.info.get("principal", SYSTEM)
    await run(
        session,
        _INSERT,
        {
            "subject": principal.subject,
            "person_id": principal.person_id,
            "roles": ",".join(sorted(principal.roles)),
            "action": action,
            "aggregate": aggregate,
            "aggregate_id": aggregate_id,
            "before": _as_json(before),
            "after": _as_json(after),
            "reason": reason,
            "correlation_id": correlation_id(),
        },
    )


def _as_json(values: Mapping[str, Any] | None) -> str | None:
    return None if values is None else to_json(values).decode()
