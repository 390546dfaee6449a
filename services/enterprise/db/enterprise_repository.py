"""The enterprise with all its facts: locked, loaded in one statement, and saved by what changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.enterprise.db.recognition_repository import save_recognitions
from services.enterprise.db.tables import SCOPED_TABLES
from services.enterprise.domain.enterprise import (
    Block,
    Enterprise,
    Recognition,
    ScaleMark,
    YearFigures,
)
from services.enterprise.domain.enterprise import (
    Sequence as Place,
)
from services.enterprise.domain.entity_kinds import EntityKind
from services.enterprise.domain.rungs import RungHeld

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

_INSERT = sa.text("""
INSERT INTO enterprises (uscc, version, name, entity_kind, is_candidate, region_code, park_code, registered_on,
    registered_capital_fen, industry_code, address, business_scope, said_rung)
VALUES (:uscc, :version, :name, :entity_kind, :is_candidate, :region_code, :park_code, :registered_on,
    :registered_capital_fen, :industry_code, :address, :business_scope, :said_rung)
ON CONFLICT DO NOTHING RETURNING uscc""")

_UPDATE = sa.text("""
UPDATE enterprises SET version = :version, name = :name, former_names = :former_names, entity_kind = :entity_kind,
    is_candidate = :is_candidate, region_code = :region_code, park_code = :park_code, registered_on = :registered_on,
    registered_capital_fen = :registered_capital_fen, industry_code = :industry_code, address = :address,
    business_scope = :business_scope, said_rung = :said_rung, due_on = :due_on, updated_at = clock_timestamp()
WHERE uscc = :uscc""")

_REPLACE_RUNGS = sa.text("""
WITH gone AS (DELETE FROM rung_intervals WHERE uscc = :uscc AND from_on <> ALL (CAST(:from_ons AS date[])))
INSERT INTO rung_intervals (uscc, region_code, park_code, from_on, until_on, rung)
SELECT :uscc, :region_code, CAST(:park_code AS text), from_on, until_on, rung
FROM unnest(CAST(:from_ons AS date[]), CAST(:until_ons AS date[]), CAST(:rungs AS text[]))
    AS held (from_on, until_on, rung)
ON CONFLICT (uscc, from_on) DO UPDATE SET until_on = excluded.until_on, rung = excluded.rung""")


async def lock_enterprise(session: AsyncSession, uscc: str) -> bool:
    """Hold the enterprise's row until the transaction ends; False where it is not within the asker's scope.

    Its facts are read by a statement of its own afterwards: one that waited for the lock would still see the facts
    as they were before it waited.
    """
    return (await session.execute(_LOCK, {"uscc": uscc})).first() is not None


async def find_version(session: AsyncSession, uscc: str) -> int | None:
    """Return the enterprise's version without its facts, None where it is not within the asker's scope."""
    version: int | None = await session.scalar(_VERSION, {"uscc": uscc})
    return version


async def find_enterprise(session: AsyncSession, uscc: str) -> Enterprise | None:
    """Return the enterprise with all its facts, None where it is not within the asker's scope."""
    return (await find_enterprises(session, [uscc])).get(uscc)


async def find_enterprises(session: AsyncSession, usccs: Sequence[str]) -> dict[str, Enterprise]:
    """Return those of the enterprises that are within the asker's scope, by code."""
    rows = await session.execute(_LOAD, {"usccs": list(usccs)})
    return {row["uscc"]: _enterprise_of(dict(row)) for row in rows.mappings()}


async def insert_enterprise(session: AsyncSession, enterprise: Enterprise, timeline: Sequence[RungHeld]) -> bool:
    """Add a new enterprise; False where its code is taken (perhaps outside the asker's scope)."""
    added = await session.execute(_INSERT, _master_data(enterprise))
    if added.first() is None:
        return False
    await _replace_rungs(session, enterprise, timeline)
    return True


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
    values = {**_master_data(after), "former_names": list(after.former_names), "due_on": due_on}
    await session.execute(_UPDATE, values)
    if (before.region_code, before.park_code) != (after.region_code, after.park_code):
        await _move_facts(session, after)
    if before.recognitions != after.recognitions:
        await save_recognitions(session, before, after)
    if rungs_changed:
        await _replace_rungs(session, after, timeline)


async def _replace_rungs(session: AsyncSession, enterprise: Enterprise, timeline: Sequence[RungHeld]) -> None:
    values = {
        "uscc": enterprise.uscc,
        "region_code": enterprise.region_code,
        "park_code": enterprise.park_code,
        "from_ons": [held.from_on for held in timeline],
        "until_ons": [held.until_on for held in timeline],
        "rungs": [held.rung for held in timeline],
    }
    await session.execute(_REPLACE_RUNGS, values)


async def _move_facts(session: AsyncSession, enterprise: Enterprise) -> None:
    """Let every fact lie where its enterprise lies now, so that row-level security shows them together."""
    place = {"uscc": enterprise.uscc, "region_code": enterprise.region_code, "park_code": enterprise.park_code}
    for table in SCOPED_TABLES:
        update = f"UPDATE {table} SET region_code = :region_code, park_code = :park_code WHERE uscc = :uscc"  # noqa: S608 - a constant list of tables
        await session.execute(sa.text(update), place)


def _master_data(enterprise: Enterprise) -> dict[str, Any]:
    return {
        "uscc": enterprise.uscc,
        "version": enterprise.version,
        "name": enterprise.name,
        "entity_kind": enterprise.entity_kind,
        "is_candidate": enterprise.is_candidate,
        "region_code": enterprise.region_code,
        "park_code": enterprise.park_code,
        "registered_on": enterprise.registered_on,
        "registered_capital_fen": enterprise.registered_capital_fen,
        "industry_code": enterprise.industry_code,
        "address": enterprise.address,
        "business_scope": enterprise.business_scope,
        "said_rung": enterprise.said_rung,
    }


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
