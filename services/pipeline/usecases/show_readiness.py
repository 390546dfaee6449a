"""Show how far an enterprise is from a recognition on a day."""

from __future__ import annotations

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.pipeline.db import enterprise_repository
from services.pipeline.domain.readiness.assessment import Readiness, assess
from services.pipeline.domain.readiness.library import ReadinessLibrary
from services.pipeline.domain.readiness.rules import Target


async def show_readiness(
    session: AsyncSession, uscc: str, *, target: Target, as_of: date, library: ReadinessLibrary
) -> Readiness:
    """Return the enterprise's readiness, or raise NotFound where nobody knows it, or not within the asker's scope."""
    return assess(library, target, await enterprise_repository.get_state(session, uscc), as_of)
