"""The enterprise with all its facts: locked, loaded in one statement, and saved by what changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.enterprise.db.documents import json_of
from services.enterprise.db.tables import SCOPED_TABLES
from services.enterprise.domain.enterprise import Block, Enterprise, Recognition, ScaleMark, YearFigures
from services.enterprise.domain.enterprise import Sequence as Place
from services.enterprise.domain.entity_kinds import EntityKind
from services.enterprise.domain.rungs import RungHeld
from shared.db.driver import run

MASTER_DATA = (
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
"""The fields that stand in the enterprise's own row."""

_LOCK = sa.text("SELECT version FROM enterprises WHERE uscc = :uscc FOR UPDATE")

_VERSION = sa.text("SELECT version FROM enterprises WHERE uscc = :uscc")

_LOAD = sa.text("""
SELECT uscc, version, name, former_names, entity_kind, is_candidate, region_code, park_code, registered_on,
    registered_capital_fen, industry_code, address, business_scope, said_rung,
    (SELECT json_agg(json_build_object('id', id, 'kind', kind, 'level', level, 'issued_on', issued_on,
        'valid_until_on', valid_until_on, 'certificate_number', certificate_number, 'issuer', issuer,
        'document', document, 'revoked_on', revoked_on, 'revocation_reason', revocation_reason,
        'revocation_document', revocation_document, 'sequence', sequence, 'lapse_said', lapse_said)
        ORDER BY issued_on, id::text) FROM recognitions AS r WHERE r.uscc = e.uscc) AS recognitions,
    (SELECT json_agg(json_build_object('year', year, 'items', items, 'source', source) ORDER BY year) FROM (
        SELECT year, json_object_agg(item, value) AS items, (array_agg(source ORDER BY id DESC))[1] AS source
        FROM (SELECT DISTINCT ON (year, item) year, item, value, source, id FROM figures AS f WHERE f.uscc = e.uscc
            ORDER BY year, item, id DESC) AS newest GROUP BY year) AS years) AS figures,
    (SELECT json_agg(json_build_object('above_scale', above_scale, 'from_on', from_on, 'source', source)
        ORDER BY from_on) FROM (SELECT DISTINCT ON (from_on) above_scale, from_on, source FROM scale_marks AS s
        WHERE s.uscc = e.uscc ORDER BY from_on, id DESC) AS marks) AS scale,
    (SELECT json_agg(json_build_object('id', id, 'kind', kind, 'source', source, 'from_on', from_on,
        'released_on', released_on) ORDER BY from_on, id) FROM blocks AS b WHERE b.uscc = e.uscc) AS blocks
FROM enterprises AS e WHERE uscc = ANY (:usccs)""")

_LOADED = (
    "uscc",
    "version",
    "name",
    "former_names",
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
    "recognitions",
    "figures",
    "scale",
    "blocks",
)
"""The columns of _LOAD: the fields of an Enterprise."""

# One statement writes all that a change leaves behind: each further one would cost the hottest command a round trip.
# `rungs` is null where the way on the ladder stays as it was.
_SAVE = sa.text("""
WITH saved AS (
    UPDATE enterprises AS e SET version = now.version, name = now.name, former_names = now.former_names,
        entity_kind = now.entity_kind, is_candidate = now.is_candidate, region_code = now.region_code,
        park_code = now.park_code, registered_on = now.registered_on,
        registered_capital_fen = now.registered_capital_fen, industry_code = now.industry_code, address = now.address,
        business_scope = now.business_scope, said_rung = now.said_rung, due_on = now.due_on,
        updated_at = clock_timestamp()
    FROM json_to_record(CAST(:enterprise AS json)) AS now (uscc text, version int, name text, former_names text[],
        entity_kind text, is_candidate boolean, region_code text, park_code text, registered_on date,
        registered_capital_fen bigint, industry_code text, address text, business_scope text, said_rung text,
        due_on date)
    WHERE e.uscc = now.uscc RETURNING e.uscc, e.region_code, e.park_code),
recorded AS (
    INSERT INTO recognitions (uscc, region_code, park_code, id, kind, level, certificate_number, issuer, document,
        issued_on, valid_until_on, sequence, lapse_said, revoked_on, revocation_reason, revocation_document)
    SELECT saved.*, now.* FROM saved, json_to_recordset(CAST(:recognitions AS json)) AS now (id uuid, kind text,
        level text, certificate_number text, issuer text, document text, issued_on date, valid_until_on date,
        sequence text, lapse_said boolean, revoked_on date, revocation_reason text, revocation_document text)
    ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, lapse_said = excluded.lapse_said,
        revoked_on = excluded.revoked_on, revocation_reason = excluded.revocation_reason,
        revocation_document = excluded.revocation_document),
held AS (
    SELECT saved.*, now.* FROM saved, json_to_recordset(CAST(:rungs AS json)) AS now (from_on date, until_on date,
        rung text)),
gone AS (
    DELETE FROM rung_intervals AS i USING saved WHERE i.uscc = saved.uscc AND CAST(:rungs AS json) IS NOT NULL
        AND i.from_on NOT IN (SELECT from_on FROM held))
INSERT INTO rung_intervals (uscc, region_code, park_code, from_on, until_on, rung) SELECT * FROM held
ON CONFLICT (uscc, from_on) DO UPDATE SET until_on = excluded.until_on, rung = excluded.rung""")


async def lock_enterprise(session: AsyncSession, uscc: str) -> bool:
    """Hold the enterprise's row until the transaction ends; False where it is not within the asker's scope.

    Its facts are read by a statement of its own afterwards: one that waited for the lock would still see the facts
    as they were before it waited.
    """
    return bool(await run(session, _LOCK, {"uscc": uscc}))


async def find_version(session: AsyncSession, uscc: str) -> int | None:
    """Return the enterprise's version without its facts, None where it is not within the asker's scope."""
    rows = await run(session, _VERSION, {"uscc": uscc})
    return rows[0][0] if rows else None


async def find_enterprise(session: AsyncSession, uscc: str) -> Enterprise | None:
    """Return the enterprise with all its facts, None where it is not within the asker's scope."""
    return (await find_enterprises(session, [uscc])).get(uscc)


async def find_enterprises(session: AsyncSession, usccs: Sequence[str]) -> dict[str, Enterprise]:
    """Return those of the enterprises that are within the asker's scope, by code."""
    rows = await run(session, _LOAD, {"usccs": list(usccs)})
    return {row[0]: _enterprise_of(dict(zip(_LOADED, row, strict=True))) for row in rows}


async def save_enterprise(
    session: AsyncSession,
    before: Enterprise,
    after: Enterprise,
    timeline: Sequence[RungHeld],
    *,
    due_on: date | None,
    rungs_changed: bool,
) -> None:
    """Write what changed of the enterprise itself, its recognitions and its way on the ladder."""
    known = {recognition.id: recognition for recognition in before.recognitions}
    row = {name: getattr(after, name) for name in MASTER_DATA}
    values = {
        "enterprise": json_of({**row, "former_names": after.former_names, "due_on": due_on}),
        "recognitions": json_of([r for r in after.recognitions if known.get(r.id) != r]),
        "rungs": json_of(timeline) if rungs_changed else None,
    }
    await run(session, _SAVE, values)
    if (before.region_code, before.park_code) != (after.region_code, after.park_code):
        await _move_facts(session, after)


async def _move_facts(session: AsyncSession, enterprise: Enterprise) -> None:
    """Let every fact lie where its enterprise lies now, so that row-level security shows them together."""
    place = {"uscc": enterprise.uscc, "region_code": enterprise.region_code, "park_code": enterprise.park_code}
    for table in SCOPED_TABLES:
        update = f"UPDATE {table} SET region_code = :region_code, park_code = :park_code WHERE uscc = :uscc"  # noqa: S608 - a constant list of tables
        await session.execute(sa.text(update), place)


def _enterprise_of(row: dict[str, Any]) -> Enterprise:
    row["former_names"] = tuple(row["former_names"])
    row["entity_kind"] = EntityKind(row["entity_kind"])
    row["recognitions"] = tuple(_recognition_of(found) for found in row["recognitions"] or ())
    row["figures"] = tuple(YearFigures(**found) for found in row["figures"] or ())
    row["scale"] = tuple(_scale_mark_of(found) for found in row["scale"] or ())
    row["blocks"] = tuple(_block_of(found) for found in row["blocks"] or ())
    return Enterprise(**row)


def _recognition_of(found: dict[str, Any]) -> Recognition:
    days = {name: _day(found[name]) for name in ("issued_on", "valid_until_on", "revoked_on")}
    return Recognition(**{**found, **days, "id": UUID(found["id"]), "sequence": Place(found["sequence"])})


def _scale_mark_of(found: dict[str, Any]) -> ScaleMark:
    return ScaleMark(found["above_scale"], date.fromisoformat(found["from_on"]), found["source"])


def _block_of(found: dict[str, Any]) -> Block:
    days = {name: _day(found[name]) for name in ("from_on", "released_on")}
    return Block(**{**found, **days, "id": UUID(found["id"])})


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
