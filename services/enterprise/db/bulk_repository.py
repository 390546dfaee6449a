"""Many enterprises at once, for imports: locked together, added with one statement a table.

Rows travel as one JSON document: the driver would escape arrays of texts element by element, which costs more than all
the rest of an import.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from pydantic_core import to_json
from sqlalchemy.ext.asyncio import AsyncSession

from services.enterprise.domain.enterprise import Enterprise
from services.enterprise.domain.rungs import RungHeld
from shared.kernel.roles import SYSTEM, Principal
from shared.telemetry.context import correlation_id

# In one order everywhere, so that two imports never wait for each other crosswise.
_LOCK = sa.text("SELECT uscc FROM enterprises WHERE uscc = ANY (:usccs) ORDER BY uscc FOR UPDATE")

_INSERT = sa.text("""
INSERT INTO enterprises (uscc, version, name, entity_kind, is_candidate, region_code, park_code, registered_on,
    registered_capital_fen, industry_code, address, business_scope, said_rung)
SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS row (uscc text, version int, name text, entity_kind text,
    is_candidate boolean, region_code text, park_code text, registered_on date, registered_capital_fen bigint,
    industry_code text, address text, business_scope text, said_rung text)""")

_INSERT_RUNGS = sa.text("""
INSERT INTO rung_intervals (uscc, region_code, park_code, from_on, until_on, rung)
SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS row (uscc text, region_code text, park_code text, from_on date,
    until_on date, rung text)""")

_INSERT_AUDIT = sa.text("""
INSERT INTO audit_entries (subject, person_id, roles, action, aggregate, aggregate_id, after, reason, correlation_id)
SELECT :subject, :person_id, :roles, 'enterprise.register', 'enterprise', uscc, after, :reason, :correlation_id
FROM json_to_recordset(CAST(:rows AS json)) AS row (uscc text, after jsonb)""")

_COLUMNS = (
    "uscc",
    "version",
    "name",
    "entity_kind",
    "is_candidate",
    "region_code",
    "park_code",
    "registered_on",
    "registered_capital_fen",
    "industry_code",
    "address",
    "business_scope",
    "said_rung",
)
_AUDITED = ("name", "region_code", "registered_on", "registered_capital_fen", "entity_kind")


async def lock_enterprises(session: AsyncSession, usccs: Sequence[str]) -> None:
    """Hold those of the enterprises that there are until the transaction ends."""
    await session.execute(_LOCK, {"usccs": list(usccs)})


async def insert_enterprises(
    session: AsyncSession, enterprises: Sequence[tuple[Enterprise, Sequence[RungHeld]]]
) -> None:
    """Add new enterprises with their ways on the ladder; a code that was taken meanwhile fails the transaction."""
    rows = ({name: getattr(enterprise, name) for name in _COLUMNS} for enterprise, _ in enterprises)
    await session.execute(_INSERT, {"rows": json_document(rows)})
    steps = (_step(enterprise, held) for enterprise, timeline in enterprises for held in timeline)
    await session.execute(_INSERT_RUNGS, {"rows": json_document(steps)})


async def record_registrations(session: AsyncSession, enterprises: Sequence[Enterprise], *, reason: str) -> None:
    """Write one audit entry for each enterprise that an import added."""
    principal: Principal = session.info.get("principal", SYSTEM)
    rows = ({"uscc": e.uscc, "after": {name: getattr(e, name) for name in _AUDITED}} for e in enterprises)
    values = {
        "subject": principal.subject,
        "person_id": principal.person_id,
        "roles": ",".join(sorted(principal.roles)),
        "reason": reason,
        "correlation_id": correlation_id(),
        "rows": json_document(rows),
    }
    await session.execute(_INSERT_AUDIT, values)


def json_document(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return rows as the JSON array that json_to_recordset takes apart."""
    return to_json(list(rows)).decode()


def _step(enterprise: Enterprise, held: RungHeld) -> dict[str, Any]:
    place = {"uscc": enterprise.uscc, "region_code": enterprise.region_code, "park_code": enterprise.park_code}
    return {**place, "from_on": held.from_on, "until_on": held.until_on, "rung": held.rung}
