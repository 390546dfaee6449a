"""Tell an enterprise about its award: proposed, decided or rejected, each once."""

from __future__ import annotations

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.db import enterprise_repository, notice_repository
from services.notifications.domain.handbook import Handbook
from services.notifications.domain.notices import AwardNoticeKind
from services.notifications.domain.records import Place
from services.notifications.domain.templates import Phase, render
from services.notifications.domain.wording import award_values
from services.notifications.usecases.deliver_notices import deliver_notices, notice_to_send
from shared.events.awards import AwardState


async def announce_award(
    session: AsyncSession,
    handbook: Handbook,
    award: AwardState,
    kind: AwardNoticeKind,
    *,
    today: date,
    reason: str = "",
) -> None:
    """Send the notice unless it was sent before; an award of no enterprise has nobody to tell here."""
    if award.uscc is None:
        return
    place = Place(award.uscc, award.region_code, award.park_code)
    notice_id = await notice_repository.plan_award_notice(session, place, award_id=award.id, kind=kind, today=today)
    if notice_id is None:
        return
    known = await enterprise_repository.find_place(session, award.uscc)
    values = award_values(
        enterprise_name=known[1] if known else award.beneficiary_name,
        uscc=award.uscc,
        grant_label=award.grant_rule_label,
        amount_fen=award.amount_fen,
        trigger_on=award.trigger_on,
        provision_ids=award.provision_ids,
        reason=reason,
    )
    text = render(handbook.templates.choose(kind, Phase.ANNOUNCEMENT), values)
    await deliver_notices(session, [notice_to_send(notice_id, text, values["provisions"])], sent_on=today)
