"""Make the workbook of an import's refused rows."""

from __future__ import annotations

import asyncio
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.enterprise.db.import_row_repository import iterate_refused_rows
from services.enterprise.domain.importing.workbook import write_error_workbook
from services.enterprise.usecases.read_imports import get_import


async def make_error_workbook(session: AsyncSession, import_id: UUID) -> bytes:
    """Return the refused rows as a workbook that can be mended and uploaded again."""
    found = await get_import(session, import_id)
    refused = [row async for row in iterate_refused_rows(session, import_id)]
    rows = [(row.line, row.cells or (), row.errors) for row in refused]
    return await asyncio.to_thread(write_error_workbook, found.headings or (), found.columns or {}, rows)
