"""The hot reads: PostgreSQL builds the JSON, which is answered as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.reading import fetch_rows

_MASTER_DATA = """'uscc', e.uscc, 'version', e.version, 'name', e.name, 'entity_kind', e.entity_kind,
    'is_candidate', e.is_candidate, 'registered_on', e.registered_on,
    'registered_capital_fen', e.registered_capital_fen, 'industry_code', e.industry_code"""

_WAS_ELSEWHERE = """LEFT JOIN LATERAL (SELECT from_region_code, from_park_code FROM moves AS m
    WHERE m.uscc = e.uscc AND m.moved_on > :as_of ORDER BY m.moved_on, m.id LIMIT 1) AS was ON true"""
_REGION_THEN = "coalesce(was.from_region_code, e.region_code)"
_PARK_THEN = "CASE WHEN was.from_region_code IS NULL THEN e.park_code ELSE was.from_park_code END"

_NO_FIGURES = (
    '{"revenue_fen": null, "rd_expense_fen": null, "rd_expense_domestic_fen": null, "staff_count": null,'
    ' "tech_staff_count": null, "ht_income_fen": null, "total_income_fen": null, "total_assets_fen": null,'
    ' "net_assets_fen": null}'
).replace(":", "\\:")

_ONE = sa.text(f"""
SELECT e.version, json_build_object({_MASTER_DATA}, 'region_code', {_REGION_THEN}, 'park_code', {_PARK_THEN},
    'former_names', e.former_names, 'address', e.address, 'business_scope', e.business_scope,
    'as_of', CAST(:as_of AS date),
    'rung', coalesce(held.rung, (SELECT rung FROM rung_intervals AS i WHERE i.uscc = e.uscc ORDER BY from_on LIMIT 1)),
    'rung_until_on', held.until_on,
    'above_scale', (SELECT above_scale FROM scale_marks AS s WHERE s.uscc = e.uscc AND from_on <= :as_of
        ORDER BY from_on DESC, id DESC LIMIT 1),
    'rungs', (SELECT json_agg(json_build_object('rung', rung, 'from_on', from_on, 'until_on', until_on)
        ORDER BY from_on) FROM rung_intervals AS i WHERE i.uscc = e.uscc),
    'recognitions', (SELECT coalesce(json_agg(json_build_object('id', id, 'kind', kind, 'level', level,
        'certificate_number', certificate_number, 'issuer', issuer, 'document', document, 'issued_on', issued_on,
        'valid_until_on', valid_until_on, 'sequence', sequence, 'revoked_on', revoked_on,
        'revocation_reason', revocation_reason) ORDER BY issued_on, id), '[]')
        FROM recognitions AS r WHERE r.uscc = e.uscc AND issued_on <= :as_of),
    'figures', (SELECT coalesce(json_agg(facts ORDER BY year), '[]') FROM (
        SELECT year, jsonb_build_object('year', year, 'source', (array_agg(source ORDER BY id DESC))[1])
            || CAST('{_NO_FIGURES}' AS jsonb) || jsonb_object_agg(item, value) AS facts
        FROM (SELECT DISTINCT ON (year, item) year, item, value, source, id FROM figures AS f
            WHERE f.uscc = e.uscc AND year <= extract(year FROM CAST(:as_of AS date)) ORDER BY year, item, id DESC)
            AS newest GROUP BY year) AS years),
    'scale', (SELECT coalesce(json_agg(json_build_object('above_scale', above_scale, 'from_on', from_on,
        'source', source) ORDER BY from_on), '[]') FROM (SELECT DISTINCT ON (from_on) above_scale, from_on, source
        FROM scale_marks AS s WHERE s.uscc = e.uscc ORDER BY from_on, id DESC) AS marks),
    'blocks', (SELECT coalesce(json_agg(json_build_object('id', id, 'kind', kind, 'source', source, 'from_on', from_on,
        'released_on', released_on) ORDER BY from_on, id), '[]')
        FROM blocks AS b WHERE b.uscc = e.uscc AND from_on <= :as_of))::text AS body
FROM enterprises AS e {_WAS_ELSEWHERE}
LEFT JOIN LATERAL (SELECT rung, until_on FROM rung_intervals AS i WHERE i.uscc = e.uscc AND i.from_on <= :as_of
    ORDER BY i.from_on DESC LIMIT 1) AS held ON true
WHERE e.uscc = :uscc""")  # noqa: S608 - constants only

_CONDITIONS = {
    "county": "{region} = :county",
    "prefecture": "left({region}, 4) = :prefecture",
    "province": "left({region}, 2) = :province",
    "park_code": "{park} = :park_code",
    "usccs": "e.uscc = ANY (:usccs)",
    "found": "e.uscc = ANY (:found)",
    "rung": "held.rung = '{rung}'",
    "q": "e.search_text LIKE :q",
    "after": "e.uscc > :after",
    "expiring_before": """e.uscc IN (SELECT r.uscc FROM recognitions AS r
        WHERE r.issued_on <= :as_of AND r.valid_until_on >= :as_of AND r.valid_until_on < :expiring_before
        AND (r.revoked_on IS NULL OR r.revoked_on > :as_of)
        AND NOT EXISTS (SELECT FROM recognitions AS next WHERE next.uscc = r.uscc AND next.kind = r.kind
            AND next.revoked_on IS NULL AND next.issued_on > r.issued_on
            AND (next.valid_until_on IS NULL OR next.valid_until_on >= :expiring_before)))""",
}
"""What a list can be narrowed by; a condition applies where its parameter is given."""


# LIKE is not leakproof: below row-level security it would be tried on visible rows only, one by one, and never on the
# index. The function looks into the index first and applies the scope itself; it gives up where a page fills anyway.
_SEARCH = sa.text("SELECT search_enterprises(:pattern, :most)")
_MOST_FOUND = 1000
_SHORTEST_INDEXED = 3
"""The index knows groups of three signs."""


@dataclass(frozen=True)
class ListFilter:
    """What to list: the day asked about, whether that day is past, and the parameters of the conditions that apply."""

    as_of: date
    is_past: bool
    conditions: Mapping[str, Any] = field(default_factory=dict)


async def find_enterprise_json(session: AsyncSession, uscc: str, as_of: date) -> tuple[int, str] | None:
    """Return the version and the JSON of an enterprise as of a day, None where it is not within the asker's scope."""
    rows = await fetch_rows(session, _ONE, {"uscc": uscc, "as_of": as_of})
    return (rows[0][0], rows[0][1]) if rows else None


async def list_enterprise_json(session: AsyncSession, wanted: ListFilter, limit: int) -> list[tuple[str, str]]:
    """Return code and JSON of up to `limit` enterprises in the order of their codes.

    A rung must be one of a ladder's own: like the limit it stands in the statement, because a plan made for any rung
    is a bad one for the rare ones.
    """
    conditions = dict(wanted.conditions)
    rung = conditions.pop("rung", None)
    names = frozenset(wanted.conditions)
    rows = await fetch_rows(
        session, _list_statement(names, wanted.is_past, rung, limit), {"as_of": wanted.as_of, **conditions}
    )
    return [(row[0], row[1]) for row in rows]


async def find_codes_like(session: AsyncSession, pattern: str, length: int) -> list[str] | None:
    """Return the codes within the scope whose names or codes are like the pattern; None where they are too many.

    `length` is that of the longest part without a wildcard.
    """
    if length < _SHORTEST_INDEXED:
        return None
    rows = await fetch_rows(session, _SEARCH, {"pattern": pattern, "most": _MOST_FOUND + 1})
    return [uscc for (uscc,) in rows] if len(rows) <= _MOST_FOUND else None


@lru_cache(maxsize=1000)
def _list_statement(names: frozenset[str], is_past: bool, rung: str | None, limit: int) -> sa.TextClause:
    """Return the statement for a set of conditions; a past day asks where each enterprise was then."""
    place = (_REGION_THEN, _PARK_THEN) if is_past else ("e.region_code", "e.park_code")
    region, park = place
    conditions = [_CONDITIONS[name].format(region=region, park=park, rung=rung) for name in sorted(names)]
    return sa.text(f"""
        SELECT e.uscc, json_build_object({_MASTER_DATA}, 'region_code', {region}, 'park_code', {park},
            'rung', held.rung, 'rung_until_on', held.until_on)::text
        FROM enterprises AS e JOIN rung_intervals AS held ON held.uscc = e.uscc
            AND held.from_on <= :as_of AND (held.until_on IS NULL OR held.until_on > :as_of)
        {_WAS_ELSEWHERE if is_past else ""}
        WHERE {" AND ".join(conditions) or "true"} ORDER BY e.uscc LIMIT {limit:d}""")  # noqa: S608 - constants only
