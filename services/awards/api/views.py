"""From records and packs to what the API shows."""

from __future__ import annotations

from collections.abc import Iterator

from services.awards.api.schemas import (
    AwardDetail,
    AwardRead,
    AwardReference,
    CarrierRead,
    DecisionRead,
    PolicyRead,
    ProvisionRead,
    ReviewRead,
)
from services.awards.domain.explaining import explanation_of
from services.awards.domain.states import standing_of
from services.awards.usecases.evaluate_enterprise import Evaluated
from services.awards.usecases.read_awards import Award, AwardReview
from shared.rules.packs import LoadedPack, PackLibrary


def award_read(award: Award) -> AwardRead:
    """Return the award as the API shows it."""
    derived = {"label_zh": award.grant_rule_label, "standing_zh": standing_of(award.state)}
    return AwardRead.model_validate(award.model_dump() | derived)


def award_detail(award: Award, reviews: list[AwardReview]) -> AwardDetail:
    """Return the award with the steps taken on it."""
    steps = [ReviewRead.model_validate(review.model_dump()) for review in reviews]
    return AwardDetail(**award_read(award).model_dump(), facts=award.facts, reviews=steps)


def decision_read(evaluated: Evaluated) -> DecisionRead:
    """Return one rule's decision."""
    decision, award = evaluated.decision, evaluated.award
    return DecisionRead(
        grant_rule_id=decision.rule.id,
        label_zh=decision.rule.label_zh,
        provision_ids=list(decision.rule.provision_ids),
        result=decision.result.value,
        amount_fen=decision.amount_fen,
        trigger_on=decision.occasion.on if decision.occasion else None,
        award=AwardReference(id=award.id, state=award.state) if award else None,
        explanation=explanation_of(decision),
    )


def policy_read(loaded: LoadedPack) -> PolicyRead:
    """Return the policy with its pack."""
    document, pack = loaded.document, loaded.pack
    return PolicyRead(
        id=pack.id,
        jurisdiction=pack.jurisdiction,
        jurisdiction_name=loaded.jurisdiction_name,
        title=document.title,
        document_number=document.document_number,
        issuer=document.issuer,
        issued_on=document.issued_on,
        published_on=document.published_on,
        text_sha256=document.text_sha256,
        pack_hash=loaded.content_hash,
        in_force=pack.in_force.model_dump(mode="json"),
        readings=[reading.model_dump(mode="json") for reading in pack.readings],
        human_checks=[check.model_dump(mode="json") for check in pack.human_checks],
        grants=[grant.model_dump(mode="json", by_alias=True) for grant in pack.grants],
    )


def provisions_read(library: PackLibrary) -> Iterator[ProvisionRead]:
    """Yield each provision that grant rules carry, once, with the rules that carry it."""
    carriers: dict[str, list[CarrierRead]] = {}
    shown: dict[str, ProvisionRead] = {}
    for loaded, rule in library.rules():
        for provision in rule.provisions:
            carriers.setdefault(provision.id, []).append(CarrierRead(service="awards", kind="grant_rule", id=rule.id))
            shown.setdefault(
                provision.id,
                ProvisionRead(
                    id=provision.id,
                    jurisdiction=loaded.pack.jurisdiction,
                    clause=provision.clause,
                    quote=provision.quote,
                    kind="grant-rule",
                    carried_by=[],
                ),
            )
    for id_ in sorted(shown):
        yield shown[id_].model_copy(update={"carried_by": carriers[id_]})
