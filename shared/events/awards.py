"""What the awards service says: awards proposed, reviewed, approved, refused."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from shared.events.base import Event, Fact


class AwardState(Fact):
    """One award (奖补) at `version`; `amount_fen` is None while the amount is to be decided.

    `beneficiary_kind` is enterprise, specialist or host; `uscc` is empty where no enterprise is concerned.
    """

    id: UUID
    version: int
    uscc: str | None = None
    beneficiary_kind: str
    beneficiary_id: str
    beneficiary_name: str
    region_code: str
    park_code: str | None = None
    grant_rule_id: str
    grant_rule_label: str
    provision_ids: tuple[str, ...]
    trigger_on: date
    amount_fen: int | None = None
    state: str


class AwardEvent(Event):
    """A fact about one award."""

    topic: ClassVar[str] = "tidu-awards-award"
    aggregate: ClassVar[str] = "award"

    award: AwardState

    @property
    def key(self) -> str:
        """The enterprise's USCC, or the award's id where a person or another host benefits."""
        return self.award.uscc or str(self.award.id)

    @property
    def aggregate_id(self) -> str:
        """The award's id."""
        return str(self.award.id)


class AwardProposed(AwardEvent):
    """An event met a grant rule's conditions; officers have yet to decide."""

    event_type: ClassVar[str] = "awards.award_proposed.v1"


class AwardReviewed(AwardEvent):
    """One step was taken: `step` by `decision`; the award's state says who acts next."""

    event_type: ClassVar[str] = "awards.award_reviewed.v1"

    step: str
    decision: str
    reason: str | None = None


class AwardApproved(AwardEvent):
    """The government consented: the award is decided."""

    event_type: ClassVar[str] = "awards.award_approved.v1"


class AwardRejected(AwardEvent):
    """The award was refused or withdrawn, with a reason."""

    event_type: ClassVar[str] = "awards.award_rejected.v1"

    reason: str
