"""What goes in and out of the awards service."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field, Strict

from services.awards.domain.states import AwardStatus
from shared.kernel.money import MAX_FEN
from shared.web.types import Body, Day, LongText, Text, Uscc


class StepNote(Body):
    """A step that needs no reason: everything may be left out."""

    comment: LongText | None = None
    reason: LongText | None = None
    document_number: Text | None = None


class ReasonedStep(Body):
    """A step that needs a reason."""

    reason: LongText
    comment: LongText | None = None
    document_number: Text | None = None


class AmountDecision(ReasonedStep):
    """The amount a person decides, in fen, with the reason and the document it rests on."""

    amount_fen: Annotated[int, Strict(), Field(ge=0, le=MAX_FEN)]


class EvaluationRequest(Body):
    """Which enterprise, and on which day (today where left out)."""

    uscc: Uscc
    on: Day | None = None


class ReviewRead(BaseModel):
    """One step taken: who, for which office, when, and what was said. `content_hash` is over all that was signed."""

    step: str
    seat: str
    person_name: str
    from_state: str
    to_state: str
    cycle: int
    award_version: int
    content_hash: str
    comment: str | None
    reason: str | None
    document_number: str | None
    taken_on: date
    taken_at: datetime


class AwardRead(BaseModel):
    """An award. `amount_fen` null means that a person has yet to decide it; `standing_zh` says who acts next."""

    id: UUID
    uscc: str | None
    beneficiary: str
    beneficiary_id: str
    beneficiary_name: str
    region_code: str
    park_code: str | None
    grant_rule_id: str
    label_zh: str
    provision_ids: list[str]
    pack_id: str
    pack_hash: str
    trigger_kind: str
    trigger_id: str
    trigger_on: date
    amount_kind: str
    amount_fen: int | None
    state: AwardStatus
    standing_zh: str
    cycle: int
    facts_changed: bool
    clawback_due: bool
    reason: str | None
    proposed_on: date
    decided_on: date | None
    created_at: datetime
    version: int
    explanation: dict[str, Any]


class AwardDetail(AwardRead):
    """An award with every step taken on it and the facts it rests on."""

    facts: list[dict[str, Any]]
    reviews: list[ReviewRead]


class AwardReference(BaseModel):
    """The award already proposed for a decision."""

    id: UUID
    state: AwardStatus


class DecisionRead(BaseModel):
    """What one rule gives: eligible (with no amount: to be decided by a person), not eligible, or unknown."""

    grant_rule_id: str
    label_zh: str
    provision_ids: list[str]
    result: str
    amount_fen: int | None
    trigger_on: date | None
    award: AwardReference | None
    explanation: dict[str, Any]


class EvaluationRead(BaseModel):
    """The decisions of every rule of the enterprise's region."""

    uscc: str
    on: date
    decisions: list[DecisionRead]


class CarrierRead(BaseModel):
    """What executes or tracks a provision, and in which service."""

    service: str
    kind: str
    id: str


class ProvisionRead(BaseModel):
    """One provision of a policy, in its own words, and what carries it."""

    id: str
    jurisdiction: str
    clause: str
    quote: str
    kind: str
    carried_by: list[CarrierRead]


class PolicyRead(BaseModel):
    """A policy document with the pack that is its machine form."""

    id: str
    jurisdiction: str
    jurisdiction_name: str
    title: str
    document_number: str | None
    issuer: str
    issued_on: date | None
    published_on: date | None
    text_sha256: str
    pack_hash: str
    in_force: dict[str, Any]
    readings: list[dict[str, Any]]
    human_checks: list[dict[str, Any]]
    grants: list[dict[str, Any]]
