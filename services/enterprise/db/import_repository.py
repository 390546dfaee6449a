"""Imports in the database: the uploaded file, how far it has come, and what became of each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.enterprise.domain.importing.progress import Import, ImportState
from services.enterprise.domain.importing.uploads import FileFormat
from shared.kernel.roles import Principal, Role, Scope

_COLUMNS = (
    "id, region_code, file_name, file_format, mapping, principal, dry_run, state, headings, columns, total_count,"
    " done_count, created_count, updated_count, unchanged_count, error_count, marked_count, failure, created_at,"
    " started_at, finished_at"
)
_INSERT = sa.text(
    "INSERT INTO imports (id, region_code, file_name, file_format, file_sha256, mapping, principal, dry_run, state)"
    " VALUES (:id, :region_code, :file_name, :file_format, :file_sha256, :mapping, :principal, :dry_run, 'queued')"
).bindparams(sa.bindparam("mapping", type_=JSONB), sa.bindparam("principal", type_=JSONB))
_INSERT_FILE = sa.text("INSERT INTO import_files (import_id, content) VALUES (:id, :content)")
_SELECT = sa.text(f"SELECT {_COLUMNS} FROM imports WHERE id = :id")  # noqa: S608 - constants only
_LOCK = sa.text(f"SELECT {_COLUMNS} FROM imports WHERE id = :id FOR UPDATE")  # noqa: S608 - constants only
_NEWEST = f"SELECT {_COLUMNS} FROM imports"  # noqa: S608 - constants only
_FILE = sa.text("SELECT content FROM import_files WHERE import_id = :id")
_BEGIN = sa.text(
    "UPDATE imports SET state = 'running', headings = :headings, columns = :columns, total_count = :total_count,"
    " started_at = coalesce(started_at, clock_timestamp()) WHERE id = :id AND state IN ('queued', 'running')"
).bindparams(sa.bindparam("columns", type_=JSONB))
_ADVANCE = sa.text(
    "UPDATE imports SET done_count = done_count + :done, created_count = created_count + :created,"
    " updated_count = updated_count + :updated, unchanged_count = unchanged_count + :unchanged,"
    " error_count = error_count + :error, marked_count = marked_count + :marked WHERE id = :id"
)
_END = sa.text(
    "UPDATE imports SET state = :state, failure = :failure, finished_at = clock_timestamp(),"
    " total_count = CASE WHEN :state = 'done' THEN done_count ELSE total_count END WHERE id = :id"
)
_DROP_FILE = sa.text("DELETE FROM import_files WHERE import_id = :id")


async def insert_import(
    session: AsyncSession,
    *,
    import_id: UUID,
    region_code: str | None,
    file_name: str,
    file_format: FileFormat,
    file_sha256: str,
    content: bytes,
    mapping: Mapping[str, str],
    principal: Principal,
    dry_run: bool,
) -> None:
    """Keep an uploaded file and what is to be done with it."""
    values = {"id": import_id, "region_code": region_code, "file_name": file_name, "file_format": file_format}
    asked = {"file_sha256": file_sha256, "mapping": dict(mapping), "dry_run": dry_run}
    await session.execute(_INSERT, {**values, **asked, "principal": _packed(principal)})
    await session.execute(_INSERT_FILE, {"id": import_id, "content": content})


async def find_import(session: AsyncSession, import_id: UUID, *, lock: bool = False) -> Import | None:
    """Return an import, None where it is not within the asker's scope; `lock` holds it until the transaction ends."""
    row = (await session.execute(_LOCK if lock else _SELECT, {"id": import_id})).mappings().first()
    return None if row is None else _import_of(row)


async def list_imports(session: AsyncSession, *, before: tuple[datetime, UUID] | None, limit: int) -> list[Import]:
    """Return up to `limit` imports, newest first."""
    older = " WHERE (created_at, id) < (:created_at, :id)" if before else ""
    statement = sa.text(f"{_NEWEST}{older} ORDER BY created_at DESC, id DESC LIMIT :limit")
    key = {"created_at": before[0], "id": before[1]} if before else {}
    rows = await session.execute(statement, {"limit": limit, **key})
    return [_import_of(row) for row in rows.mappings()]


async def find_import_file(session: AsyncSession, import_id: UUID) -> bytes | None:
    """Return the uploaded bytes, None where the import has ended."""
    content = await session.scalar(_FILE, {"id": import_id})
    return None if content is None else bytes(content)


async def mark_import_begun(
    session: AsyncSession, import_id: UUID, *, headings: Sequence[str], columns: Mapping[str, int], total_count: int
) -> None:
    """Note that the file is being read, and as what its columns were understood."""
    values = {"headings": list(headings), "columns": dict(columns), "total_count": total_count}
    await session.execute(_BEGIN, {"id": import_id, **values})


async def advance_import(session: AsyncSession, import_id: UUID, counts: Mapping[str, int]) -> None:
    """Move the checkpoint past the rows of this transaction."""
    names = ("created", "updated", "unchanged", "error")
    done = sum(counts.get(name, 0) for name in names)
    values = {name: counts.get(name, 0) for name in (*names, "marked")}
    await session.execute(_ADVANCE, {"id": import_id, "done": done, **values})


async def end_import(session: AsyncSession, import_id: UUID, state: ImportState, failure: str | None = None) -> None:
    """Close an import and let go of its file."""
    await session.execute(_END, {"id": import_id, "state": state, "failure": failure})
    await session.execute(_DROP_FILE, {"id": import_id})


def _packed(principal: Principal) -> dict[str, Any]:
    return {**asdict(principal), "roles": sorted(principal.roles)}


def _principal_of(packed: Mapping[str, Any]) -> Principal:
    scope: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in packed["scope"].items()}
    roles = frozenset(Role(name) for name in packed["roles"])
    return Principal(packed["subject"], packed["person_id"], packed["name"], roles, Scope(**scope))


def _import_of(row: sa.RowMapping) -> Import:
    values = dict(row)
    values["principal"] = _principal_of(values["principal"])
    values["headings"] = None if values["headings"] is None else tuple(values["headings"])
    values["file_format"], values["state"] = FileFormat(values["file_format"]), ImportState(values["state"])
    return Import(**values)
