"""New enterprises, one or a thousand with the same statements; known ones locked together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.enterprise.db.documents import json_of
from services.enterprise.db.enterprise_repository import MASTER_DATA
from services.enterprise.domain.enterprise import Enterprise
from services.enterprise.domain.rungs import RungHeld
from shared.db.driver import run
from shared.kernel.roles import SYSTEM, Principal
from shared.telemetry.context import correlation_id

# In one order everywhere, so that two imports never wait for each other crosswise.
_LOCK = sa.text("SELECT uscc FROM enterprises WHERE uscc = ANY (:usccs) ORDER BY uscc FOR UPDATE")

_INSERT = sa.text("""
WITH added AS (
    INSERT INTO enterprises (uscc, version, name, entity_kind, is_candidate, region_code, park_code, registered_on,
        registered_capital_fen, industry_code, address, business_scope, said_rung)
    SELECT * FROM json_to_recordset(CAST(:enterprises AS json)) AS new (uscc text, version int, name text,
        entity_kind text, is_candidate boolean, region_code text, park_code text, registered_on date,
        registered_capital_fen bigint, industry_code text, address text, business_scope text, said_rung text)
    ON CONFLICT DO NOTHING RETURNING uscc, region_code, park_code),
held AS (
    INSERT INTO rung_intervals (uscc, region_code, park_code, from_on, until_on, rung)
    SELECT uscc, added.region_code, added.park_code, from_on, until_on, rung FROM added
    JOIN json_to_recordset(CAST(:rungs AS json)) AS new (uscc text, from_on date, until_on date, rung text)
        USING (uscc))
SELECT uscc FROM added""")

_INSERT_AUDIT = sa.text("""
INSERT INTO audit_entries (subject, person_id, roles, action, aggregate, aggregate_id, after, reason, correlation_id)
SELECT :subject, :person_id, :roles, 'enterprise.register', 'enterprise', uscc, after, :reason, :correlation_id
FROM json_to_recordset(CAST(:rows AS json)) AS row (uscc text, after jsonb)""")

_AUDITED = ("name", "region_code", "registered_on", "registered_capital_fen", "entity_kind")


async def lock_enterprises(session: AsyncSession, usccs: Sequence[str]) -> None:
    """Hold those of the enterprises that there are until the transaction ends."""
    await run(session, _LOCK, {"usccs": list(usccs)})


async def insert_enterprises(
    session: AsyncSession, enterprises: Sequence[tuple[Enterprise, Sequence[RungHeld]]]
) -> set[str]:
    """Add new enterprises with their ways on the ladder; returns the codes that were free (outside the scope, too)."""
    rows = [{name: getattr(enterprise, name) for name in MASTER_DATA} for enterprise, _ in enterprises]
    steps = [_step(enterprise.uscc, held) for enterprise, timeline in enterprises for held in timeline]
    added = await run(session, _INSERT, {"enterprises": json_of(rows), "rungs": json_of(steps)})
    return {uscc for (uscc,) in added}


async def record_registrations(session: AsyncSession, enterprises: Sequence[Enterprise], *, reason: str) -> None:
    """Write one audit entry for each enterprise that an import added."""
    principal: Principal = session.info.get("principal", SYSTEM)
    rows = [{"uscc": e.uscc, "after": {name: getattr(e, name) for name in _AUDITED}} for e in enterprises]
    values = {
        "subject": principal.subject,
        "person_id": principal.person_id,
        "roles": ",".join(sorted(principal.roles)),
        "reason": reason,
        "correlation_id": correlation_id(),
        "rows": json_of(rows),
    }
    await run(session, _INSERT_AUDIT, values)


def _step(uscc: str, held: RungHeld) -> dict[str, Any]:
    return {"uscc": uscc, "from_on": held.from_on, "until_on": held.until_on, "rung": held.rung}
