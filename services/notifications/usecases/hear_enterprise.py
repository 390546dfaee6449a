"""Take over an enterprise's newest state: its place, and the duties that follow from its recognitions."""

from __future__ import annotations

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.db import enterprise_repository
from services.notifications.db.enterprise_repository import Before, KnownEnterprise
from services.notifications.domain.duties import Recognition
from services.notifications.domain.handbook import Handbook
from services.notifications.domain.records import Place
from services.notifications.usecases.replan_duties import replan_duties
from shared.events.enterprise import EnterpriseState


async def hear_enterprise(session: AsyncSession, handbook: Handbook, state: EnterpriseState, *, today: date) -> bool:
    """Store the state and replan what it changes; False where a newer state was stored before."""
    known = _known(state)
    rules = handbook.rules.for_region(state.region_code)
    before = await enterprise_repository.keep_copy(
        session, known, version=state.version, name=state.name, fingerprint=rules.fingerprint
    )
    if before is None:
        return False
    if before.region_code is not None and (before.region_code, before.park_code) != (
        state.region_code,
        state.park_code,
    ):
        await enterprise_repository.move_rows(session, known.place)
    await _replan(session, handbook, known, before, rules.fingerprint, today)
    return True


async def _replan(
    session: AsyncSession, handbook: Handbook, known: KnownEnterprise, before: Before, fingerprint: str, today: date
) -> None:
    """Replan for changed rules first, if they changed meanwhile: only what the event brings may be told at once."""
    if before.recognitions and before.fingerprint != fingerprint:
        outdated = KnownEnterprise(known.place, before.recognitions)
        await replan_duties(session, handbook, [outdated], today=today, catches_up=False)
    if before.recognitions != known.recognitions:
        await replan_duties(session, handbook, [known], today=today, catches_up=True)


def _known(state: EnterpriseState) -> KnownEnterprise:
    recognitions = tuple(
        Recognition(
            id=recognition.id,
            kind=recognition.kind,
            level=recognition.level,
            certificate_number=recognition.certificate_number,
            issued_on=recognition.issued_on,
            valid_until_on=recognition.valid_until_on,
            revoked_on=recognition.revoked_on,
        )
        for recognition in state.recognitions
    )
    return KnownEnterprise(Place(state.uscc, state.region_code, state.park_code), recognitions)
