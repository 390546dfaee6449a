"""Look at the register of specialists."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.pipeline.db import specialist_repository
from services.pipeline.db.tables import Specialist
from shared.kernel.regions import expand_region


async def list_specialists(
    session: AsyncSession,
    *,
    kind: str | None,
    region_code: str | None,
    login: str | None,
    after: UUID | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Return up to limit + 1 specialists in the order of registration."""
    region_codes = expand_region(region_code) if region_code else None
    return await specialist_repository.list_page(
        session, kind=kind, region_codes=region_codes, login=login, after=after, most=limit + 1
    )


async def get_specialist(session: AsyncSession, specialist_id: UUID) -> tuple[Specialist, list[dict[str, Any]]]:
    """Return one specialist with the grades of all years, or raise NotFound."""
    specialist = await specialist_repository.get(session, specialist_id)
    return specialist, await specialist_repository.list_grades(session, specialist_id)
