"""Say what every rule of an enterprise's region gives it on a day, and why; nothing is changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.awards.db.awards import list_awards_of, used_once_keys
from services.awards.db.enterprises import find_enterprise
from services.awards.db.tables import Award
from services.awards.domain.decisions import Decision, Result, decide_without_occasion
from services.awards.domain.desk import GrantDesk
from services.awards.domain.occasions import concerns, occasions_of
from shared.kernel.errors import NotFound

_BEST_FIRST = (Result.ELIGIBLE, Result.UNKNOWN, Result.NOT_ELIGIBLE)


@dataclass(frozen=True)
class Evaluated:
    """One rule's decision, and the award already proposed for it, where there is one."""

    decision: Decision
    award: Award | None


async def evaluate_enterprise(session: AsyncSession, desk: GrantDesk, uscc: str, on: date) -> list[Evaluated]:
    """Return one decision a rule: of several occasions the one that gives most, of equals the latest."""
    enterprise = await find_enterprise(session, uscc)
    if enterprise is None:
        raise NotFound("奖补服务还没有这家企业的信息")
    awards = await list_awards_of(session, uscc)
    given = used_once_keys(awards)
    occasions = list(occasions_of(enterprise, until_on=on))
    found = []
    for loaded in desk.packs_of(enterprise.region_code):
        for rule in loaded.pack.grants:
            decisions = [desk.decide(loaded, rule, o, on=on, given=given) for o in occasions if concerns(rule, o)]
            best = _best(decisions) or decide_without_occasion(loaded, rule, desk.library.catalogue, on)
            found.append(Evaluated(best, _award_of(best, awards)))
    return found


def _best(decisions: list[Decision]) -> Decision | None:
    latest_first = list(reversed(decisions))
    return min(latest_first, key=lambda decision: _BEST_FIRST.index(decision.result), default=None)


def _award_of(decision: Decision, awards: list[Award]) -> Award | None:
    if decision.occasion is None:
        return None
    wanted = (decision.rule.id, decision.occasion.id)
    return next((award for award in awards if (award.grant_rule_id, award.trigger_id) == wanted), None)
