"""Follow an import from its file to its end."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.enterprise.db.import_repository import end_import, find_import, find_import_file, mark_import_begun
from services.enterprise.domain.importing.columns import Columns
from services.enterprise.domain.importing.progress import ENDED, Import, ImportState
from shared.db.audit import record_change


@dataclass(frozen=True)
class ImportWork:
    """An import that has not ended, and its file."""

    job: Import
    content: bytes


async def find_import_work(session: AsyncSession, import_id: UUID) -> ImportWork | None:
    """Return what is left to do of an import, None where it has ended."""
    job = await find_import(session, import_id)
    if job is None or job.state in ENDED:
        return None
    content = await find_import_file(session, import_id)
    return None if content is None else ImportWork(job, content)


async def begin_import(session: AsyncSession, import_id: UUID, columns: Columns, *, total_count: int) -> None:
    """Note how the file was understood and how many rows there may be."""
    await mark_import_begun(
        session, import_id, headings=columns.headings, columns=columns.positions, total_count=total_count
    )


async def finish_import(session: AsyncSession, import_id: UUID, *, failure: str | None = None) -> None:
    """Close an import; `failure` says why it could not come to its end. What it took before stands."""
    job = await find_import(session, import_id, lock=True)
    if job is None or job.state in ENDED:
        return
    state = ImportState.DONE if failure is None else ImportState.FAILED
    await end_import(session, import_id, state, failure)
    counts = {name: getattr(job, f"{name}_count") for name in ("done", "created", "updated", "unchanged", "error")}
    await record_change(
        session,
        action="import.end",
        aggregate="import",
        aggregate_id=str(import_id),
        after={"state": state, "failure": failure, **counts},
    )
