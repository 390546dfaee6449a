"""The copy of enterprises: kept from events, newest version wins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.db.bulk import as_document
from services.notifications.domain.duties import Recognition
from services.notifications.domain.records import Place

_RECOGNITIONS = TypeAdapter(tuple[Recognition, ...])

_KEEP = sa.text(
    "INSERT INTO enterprises (uscc, version, name, region_code, park_code, recognitions, fingerprint)"
    " VALUES (:uscc, :version, :name, :region_code, :park_code, CAST(:recognitions AS jsonb), :fingerprint)"
    " ON CONFLICT (uscc) DO UPDATE SET version = excluded.version, name = excluded.name,"
    " region_code = excluded.region_code, park_code = excluded.park_code, recognitions = excluded.recognitions,"
    " fingerprint = excluded.fingerprint WHERE enterprises.version < excluded.version"
    " RETURNING old.region_code, old.park_code, coalesce(old.recognitions, '[]'), old.fingerprint"
)
_FIND = sa.text("SELECT uscc, region_code, park_code, name FROM enterprises WHERE uscc = :uscc")
_FINGERPRINTS = sa.text("SELECT DISTINCT region_code, fingerprint FROM enterprises")
_TAKE_OUTDATED = sa.text(
    "SELECT uscc, region_code, park_code, recognitions FROM enterprises"
    " WHERE region_code = :region_code AND fingerprint IS DISTINCT FROM :fingerprint AND recognitions <> '[]'"
    " ORDER BY uscc LIMIT :limit FOR NO KEY UPDATE"
)
_MARK = sa.text("UPDATE enterprises SET fingerprint = :fingerprint WHERE uscc = ANY(CAST(:usccs AS text[]))")
_MARK_BARE = sa.text(
    "UPDATE enterprises SET fingerprint = :fingerprint WHERE region_code = :region_code"
    " AND fingerprint IS DISTINCT FROM :fingerprint AND recognitions = '[]'"
)
_MOVE = tuple(
    sa.text(f"UPDATE {table} SET region_code = :region_code, park_code = :park_code WHERE uscc = :uscc")  # noqa: S608
    for table in ("duties", "notices", "deliveries", "recipients")
)


@dataclass(frozen=True)
class Before:
    """What the copy said before; empty where the enterprise is new."""

    region_code: str | None
    park_code: str | None
    recognitions: tuple[Recognition, ...]
    fingerprint: str | None


@dataclass(frozen=True)
class KnownEnterprise:
    """An enterprise with its recognitions, as duties are derived from it."""

    place: Place
    recognitions: tuple[Recognition, ...]


async def keep_copy(
    session: AsyncSession, known: KnownEnterprise, *, version: int, name: str, fingerprint: str
) -> Before | None:
    """Store the newest state and return the one before it; None where this state is not newer than the stored one."""
    result = await session.execute(
        _KEEP,
        {
            "uscc": known.place.uscc,
            "version": version,
            "name": name,
            "region_code": known.place.region_code,
            "park_code": known.place.park_code,
            "recognitions": as_document(known.recognitions),
            "fingerprint": fingerprint,
        },
    )
    row = result.first()
    if row is None:
        return None
    return Before(row[0], row[1], _RECOGNITIONS.validate_python(row[2]), row[3])


async def find_place(session: AsyncSession, uscc: str) -> tuple[Place, str] | None:
    """Return where an enterprise is, and its name; None where it is unknown or outside the asker's scope."""
    row = (await session.execute(_FIND, {"uscc": uscc})).first()
    return (Place(row.uscc, row.region_code, row.park_code), row.name) if row else None


async def list_fingerprints(session: AsyncSession) -> list[tuple[str, str | None]]:
    """Return every division with the fingerprints that duties of its enterprises were derived by."""
    return [(row[0], row[1]) for row in await session.execute(_FINGERPRINTS)]


async def take_outdated(
    session: AsyncSession, *, region_code: str, fingerprint: str, limit: int
) -> list[KnownEnterprise]:
    """Lock and return enterprises of a division whose duties follow other rules than those of `fingerprint`."""
    parameters = {"region_code": region_code, "fingerprint": fingerprint, "limit": limit}
    rows = await session.execute(_TAKE_OUTDATED, parameters)
    return [KnownEnterprise(Place(row[0], row[1], row[2]), _RECOGNITIONS.validate_python(row[3])) for row in rows]


async def mark_current(session: AsyncSession, usccs: Sequence[str], fingerprint: str) -> None:
    """Note that the duties of these enterprises follow the rules of `fingerprint`."""
    await session.execute(_MARK, {"usccs": list(usccs), "fingerprint": fingerprint})


async def mark_bare_current(session: AsyncSession, *, region_code: str, fingerprint: str) -> None:
    """Note the same for all enterprises of a division that have no recognition, and so no duty."""
    await session.execute(_MARK_BARE, {"region_code": region_code, "fingerprint": fingerprint})


async def move_rows(session: AsyncSession, place: Place) -> None:
    """Let everything about an enterprise follow it to its new division or park."""
    parameters = {"uscc": place.uscc, "region_code": place.region_code, "park_code": place.park_code}
    for statement in _MOVE:
        await session.execute(statement, parameters)
