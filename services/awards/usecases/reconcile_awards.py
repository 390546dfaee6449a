"""Bring a beneficiary's awards into line with what the rules say today: propose, refresh, withdraw or flag."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from sqlalchemy.ext.asyncio import AsyncSession

from services.awards import says
from services.awards.db.awards import lock_awards_of, save_award, used_once_keys
from services.awards.db.reviews import take_seat
from services.awards.db.tables import Award
from services.awards.domain.decisions import Decision
from services.awards.domain.desk import GrantDesk
from services.awards.domain.explaining import explanation_of
from services.awards.domain.occasions import Occasion, RecognitionOccasion
from services.awards.domain.once import once_key
from services.awards.domain.reconciling import Finding, Move, Standing, move_for
from services.awards.domain.states import AwardStatus, Seat
from shared.db.audit import record_change
from shared.outbox import append
from shared.rules.explanation import observations_of
from shared.rules.grants import GrantRule
from shared.rules.packs import LoadedPack

_Due: TypeAlias = tuple[Occasion, LoadedPack, GrantRule]
_REVOKED = "认定已被撤销"
_CHANGED = "事实变更后不再符合条件"


async def reconcile_awards(
    session: AsyncSession, desk: GrantDesk, occasions: Iterable[Occasion], *, recorder: str | None
) -> None:
    """Decide every rule that speaks of these occasions (of one beneficiary), and act on what has changed.

    Repeating it changes nothing. `recorder` is who recorded the fact behind it, and may not review what follows.
    """
    known = list(occasions)
    if not known:
        return
    awards = await lock_awards_of(session, known[0].beneficiary_id)
    for occasion, loaded, rule in _due(desk, known, awards):
        decision = desk.decide(loaded, rule, occasion, on=desk.clock.today(), given=used_once_keys(awards))
        award = _award_for(awards, rule, occasion)
        finding = Finding(decision.result, _facts_of(decision), _is_revoked(occasion))
        move = move_for(_standing_of(award), finding)
        if move is Move.PROPOSE:
            award = _new_award(decision, occasion)
            awards.append(award)
        if award is not None and move is not Move.NOTHING:
            await _act(session, move, award, decision, recorder)


def _due(desk: GrantDesk, occasions: list[Occasion], awards: list[Award]) -> list[_Due]:
    """List what is to be decided: first what concerns awards that exist, so that one withdrawn makes room for another.

    An award is also looked at under the rule it was given under where the enterprise has since moved away.
    """
    due = [(occasion, loaded, rule) for occasion in occasions for loaded, rule in desk.rules_for(occasion)]
    by_id = {occasion.id: occasion for occasion in occasions}
    covered = {(rule.id, occasion.id) for occasion, _, rule in due}
    for award in awards:
        found = desk.library.find_rule(award.grant_rule_id)
        if found and award.trigger_id in by_id and (award.grant_rule_id, award.trigger_id) not in covered:
            due.append((by_id[award.trigger_id], *found))
    return sorted(due, key=lambda item: _award_for(awards, item[2], item[0]) is None)


def _award_for(awards: list[Award], rule: GrantRule, occasion: Occasion) -> Award | None:
    return next((a for a in awards if (a.grant_rule_id, a.trigger_id) == (rule.id, occasion.id)), None)


def _standing_of(award: Award | None) -> Standing | None:
    if award is None:
        return None
    return Standing(award.state, award.facts, award.facts_changed, award.clawback_due)


def _facts_of(decision: Decision) -> list[dict[str, Any]]:
    return [seen.to_json() for seen in observations_of(decision.tree)]


def _is_revoked(occasion: Occasion) -> bool:
    return isinstance(occasion, RecognitionOccasion) and occasion.recognition.revoked_on is not None


def _new_award(decision: Decision, occasion: Occasion) -> Award:
    rule = decision.rule
    return Award(
        uscc=occasion.uscc,
        region_code=occasion.region_code,
        park_code=occasion.park_code,
        beneficiary=rule.beneficiary.value,
        beneficiary_id=occasion.beneficiary_id,
        beneficiary_name=occasion.beneficiary_name,
        grant_rule_id=rule.id,
        grant_rule_label=rule.label_zh,
        provision_ids=list(rule.provision_ids),
        trigger_kind=occasion.kind,
        trigger_id=occasion.id,
        trigger_on=occasion.on,
        once_key=once_key(rule, occasion),
        amount_kind=rule.amount.kind,
        proposed_on=decision.evaluated_on,
        pack_id=decision.loaded.pack.id,
        pack_hash=decision.loaded.content_hash,
        explanation={},
        facts=[],
    )


def _rest_on(award: Award, decision: Decision) -> None:
    """Let the award rest on this decision: its amount, explanation, facts and pack."""
    award.amount_fen = decision.amount_fen
    award.explanation = explanation_of(decision)
    award.facts = _facts_of(decision)
    award.pack_id, award.pack_hash = decision.loaded.pack.id, decision.loaded.content_hash
    award.facts_changed = False


async def _act(session: AsyncSession, move: Move, award: Award, decision: Decision, recorder: str | None) -> None:
    before = {"state": award.state.value} if award.version else None
    match move:
        case Move.PROPOSE | Move.REOPEN:
            award.state, award.reason, award.proposed_on = AwardStatus.PROPOSED, None, decision.evaluated_on
            _rest_on(award, decision)
        case Move.REFRESH:
            _rest_on(award, decision)
        case Move.WITHDRAW:
            award.state = AwardStatus.WITHDRAWN
            award.reason = _REVOKED if decision.occasion and _is_revoked(decision.occasion) else _CHANGED
        case Move.FLAG_FACTS:
            award.facts_changed = True
        case Move.FLAG_CLAWBACK:
            award.clawback_due = True
    await save_award(session, award)
    if recorder and move in (Move.PROPOSE, Move.REOPEN):
        await take_seat(session, award.id, recorder, Seat.RECORDER)
    await _tell(session, move, award, before)


async def _tell(session: AsyncSession, move: Move, award: Award, before: dict[str, Any] | None) -> None:
    after = {"state": award.state.value, "amount_fen": award.amount_fen, "pack_hash": award.pack_hash}
    await record_change(
        session,
        action=f"award.{move.value}",
        aggregate="award",
        aggregate_id=str(award.id),
        before=before,
        after=after,
        reason=award.reason,
    )
    match move:
        case Move.PROPOSE | Move.REOPEN:
            await append(session, says.award_proposed(award))
        case Move.WITHDRAW:
            await append(session, says.award_rejected(award, award.reason or _CHANGED))
        case Move.REFRESH:
            await append(session, says.award_reviewed(award, step="facts", decision="refreshed"))
        case Move.FLAG_FACTS:
            await append(session, says.award_reviewed(award, step="facts", decision="changed", reason=_CHANGED))
        case Move.FLAG_CLAWBACK:
            await append(
                session, says.award_reviewed(award, step="revocation", decision="clawback_due", reason=_REVOKED)
            )
