"""What the enterprise service says: who each enterprise is, and how that changed."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from shared.events.base import Event, Fact


class RecognitionState(Fact):
    """One recognition (认定). `valid_until_on` is its last valid day, None where it does not expire.

    `sequence` tells where it stands among the enterprise's recognitions of that kind: first, renewed or after_gap.
    `revoked_on` is the legal date from which it no longer counts.
    """

    id: UUID
    kind: str
    level: str | None = None
    certificate_number: str | None = None
    issuer: str | None = None
    document: str | None = None
    issued_on: date
    valid_until_on: date | None = None
    sequence: str
    revoked_on: date | None = None


class FiguresState(Fact):
    """The figures of one year as they stand now; amounts in fen, None where nobody reported one."""

    year: int
    revenue_fen: int | None = None
    rd_expense_fen: int | None = None
    rd_expense_domestic_fen: int | None = None
    staff_count: int | None = None
    tech_staff_count: int | None = None
    ht_income_fen: int | None = None
    total_income_fen: int | None = None
    total_assets_fen: int | None = None
    net_assets_fen: int | None = None
    source: str | None = None


class ScaleInterval(Fact):
    """From `from_on` until the next interval the enterprise was above (or below) designated size, says `source`."""

    above_scale: bool
    from_on: date
    source: str


class RungInterval(Fact):
    """The rung held from `from_on` to the day before `until_on`; the last interval has no end.

    Includes the lapse that is already certain: an interval may begin in the future.
    """

    rung: str
    from_on: date
    until_on: date | None = None


class BlockState(Fact):
    """An integrity block (经营异常, accident, pledge breach) from a named source, until a person releases it."""

    id: UUID
    kind: str
    source: str
    from_on: date
    released_on: date | None = None


class EnterpriseState(Fact):
    """The whole public state of an enterprise at `version`. Holds no personal data."""

    uscc: str
    version: int
    name: str
    entity_kind: str
    is_candidate: bool
    region_code: str
    park_code: str | None = None
    registered_on: date | None = None
    registered_capital_fen: int | None = None
    industry_code: str | None = None
    rung: str
    rungs: tuple[RungInterval, ...] = ()
    recognitions: tuple[RecognitionState, ...] = ()
    figures: tuple[FiguresState, ...] = ()
    scale: tuple[ScaleInterval, ...] = ()
    blocks: tuple[BlockState, ...] = ()


class EnterpriseEvent(Event):
    """A fact about one enterprise, with its whole public state after it."""

    topic: ClassVar[str] = "tidu-enterprise-enterprise"
    aggregate: ClassVar[str] = "enterprise"

    enterprise: EnterpriseState

    @property
    def key(self) -> str:
        """The enterprise's USCC."""
        return self.enterprise.uscc


class EnterpriseRegistered(EnterpriseEvent):
    """An enterprise entered the registry, by hand or by import."""

    event_type: ClassVar[str] = "enterprise.registered.v1"


class EnterpriseUpdated(EnterpriseEvent):
    """Master data changed: name, address, capital, industry; `changed` names the fields."""

    event_type: ClassVar[str] = "enterprise.updated.v1"

    changed: tuple[str, ...] = ()


class EnterpriseMoved(EnterpriseEvent):
    """The enterprise moved to another county or park on `moved_on`."""

    event_type: ClassVar[str] = "enterprise.moved.v1"

    moved_on: date
    from_region_code: str
    from_park_code: str | None = None


class FiguresReported(EnterpriseEvent):
    """Yearly figures arrived or were corrected for `year`."""

    event_type: ClassVar[str] = "enterprise.figures_reported.v1"

    year: int


class ScaleChanged(EnterpriseEvent):
    """The enterprise entered or left the list of those above designated size, from `from_on`."""

    event_type: ClassVar[str] = "enterprise.scale_changed.v1"

    above_scale: bool
    from_on: date


class RecognitionGranted(EnterpriseEvent):
    """A recognition was recorded: a certificate, a yearly number, a platform."""

    event_type: ClassVar[str] = "enterprise.recognition_granted.v1"

    recognition: RecognitionState


class RecognitionLapsed(EnterpriseEvent):
    """A recognition's validity ended without renewal; said once, on the first day it no longer holds."""

    event_type: ClassVar[str] = "enterprise.recognition_lapsed.v1"

    recognition: RecognitionState
    lapsed_on: date


class RecognitionRevoked(EnterpriseEvent):
    """An authority revoked a recognition from its legal date."""

    event_type: ClassVar[str] = "enterprise.recognition_revoked.v1"

    recognition: RecognitionState
    revoked_on: date
    reason: str


class RungChanged(EnterpriseEvent):
    """The rung of the business date changed, because of a recognition, a lapse, a revocation or a correction."""

    event_type: ClassVar[str] = "enterprise.rung_changed.v1"

    from_rung: str
    to_rung: str
    changed_on: date


class BlockRaised(EnterpriseEvent):
    """An integrity block was recorded."""

    event_type: ClassVar[str] = "enterprise.block_raised.v1"

    block: BlockState


class BlockReleased(EnterpriseEvent):
    """A person released an integrity block, with a reason."""

    event_type: ClassVar[str] = "enterprise.block_released.v1"

    block: BlockState
    reason: str


class ContactState(Fact):
    """A contact by role. Name, phone and e-mail travel sealed (shared.kernel.sealing), never in clear."""

    id: UUID
    role: str
    sealed: str
    consent: bool


class ContactsChanged(EnterpriseEvent):
    """The enterprise's contacts changed; carries all of them."""

    event_type: ClassVar[str] = "enterprise.contacts_changed.v1"

    contacts: tuple[ContactState, ...]
