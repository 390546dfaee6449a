"""Bring every enterprise under today's rules; a new rule or offset starts today and tells nothing of the past."""

from __future__ import annotations

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.db import enterprise_repository
from services.notifications.domain.handbook import Handbook
from services.notifications.usecases.replan_duties import Replanned, replan_duties

BATCH = 500


async def refresh_rules(session: AsyncSession, handbook: Handbook, *, today: date) -> Replanned:
    """Replan the duties of enterprises whose duties were derived by other rules than today's."""
    planned_count = withdrawn_count = 0
    for region_code in await _outdated_regions(session, handbook):
        fingerprint = handbook.rules.for_region(region_code).fingerprint
        await enterprise_repository.mark_bare_current(session, region_code=region_code, fingerprint=fingerprint)
        while outdated := await enterprise_repository.take_outdated(
            session, region_code=region_code, fingerprint=fingerprint, limit=BATCH
        ):
            replanned = await replan_duties(session, handbook, outdated, today=today, catches_up=False)
            await enterprise_repository.mark_current(session, [item.place.uscc for item in outdated], fingerprint)
            planned_count += replanned.planned_count
            withdrawn_count += replanned.withdrawn_count
    return Replanned(planned_count, withdrawn_count)


async def _outdated_regions(session: AsyncSession, handbook: Handbook) -> list[str]:
    pairs = await enterprise_repository.list_fingerprints(session)
    outdated = {region for region, known in pairs if known != handbook.rules.for_region(region).fingerprint}
    return sorted(outdated)
