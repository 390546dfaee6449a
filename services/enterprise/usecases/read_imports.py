"""Read imports: one, all, and what became of their rows."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.enterprise.db import import_repository, import_row_repository
from services.enterprise.db.import_row_repository import TakenRow
from services.enterprise.domain.errors import ImportNotFound
from services.enterprise.domain.importing.progress import Import, RowState


async def get_import(session: AsyncSession, import_id: UUID) -> Import:
    """Return an import; raises ImportNotFound outside the asker's scope."""
    found = await import_repository.find_import(session, import_id)
    if found is None:
        raise ImportNotFound("没有这次导入,或不在您的管辖范围内")
    return found


async def list_imports(session: AsyncSession, *, before: tuple[datetime, UUID] | None, limit: int) -> list[Import]:
    """Return up to `limit` imports, newest first."""
    return await import_repository.list_imports(session, before=before, limit=limit)


async def list_import_rows(
    session: AsyncSession, import_id: UUID, *, state: RowState | None, after: int, limit: int
) -> list[TakenRow]:
    """Return what became of up to `limit` rows after a line."""
    await get_import(session, import_id)
    return await import_row_repository.list_taken_rows(session, import_id, state=state, after=after, limit=limit)
