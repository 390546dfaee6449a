"""What happened to an award, told to others with its whole public state."""

from __future__ import annotations

from services.awards.domain.award import PublicAward
from shared.events.awards import AwardApproved, AwardProposed, AwardRejected, AwardReviewed, AwardState


def award_proposed(award: PublicAward) -> AwardProposed:
    """Say that the award was proposed (or proposed again after it had been withdrawn)."""
    return AwardProposed(version=award.version, award=_state_of(award))


def award_reviewed(award: PublicAward, *, step: str, decision: str, reason: str | None = None) -> AwardReviewed:
    """Say that one step was taken; the state tells who acts next."""
    return AwardReviewed(version=award.version, award=_state_of(award), step=step, decision=decision, reason=reason)


def award_approved(award: PublicAward) -> AwardApproved:
    """Say that the award is decided."""
    return AwardApproved(version=award.version, award=_state_of(award))


def award_rejected(award: PublicAward, reason: str) -> AwardRejected:
    """Say that the award was refused or withdrawn."""
    return AwardRejected(version=award.version, award=_state_of(award), reason=reason)


def _state_of(award: PublicAward) -> AwardState:
    return AwardState(
        id=award.id,
        version=award.version,
        uscc=award.uscc,
        beneficiary_kind=award.beneficiary,
        beneficiary_id=award.beneficiary_id,
        beneficiary_name=award.beneficiary_name,
        region_code=award.region_code,
        park_code=award.park_code,
        grant_rule_id=award.grant_rule_id,
        grant_rule_label=award.grant_rule_label,
        provision_ids=tuple(award.provision_ids),
        trigger_on=award.trigger_on,
        amount_fen=award.amount_fen,
        state=award.state.value,
    )
