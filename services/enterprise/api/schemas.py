"""What enters and leaves: enterprises and their dated facts."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StrictBool, StringConstraints

from services.enterprise.domain.blocks import BlockKind
from services.enterprise.domain.contacts import ContactRole
from services.enterprise.domain.enterprise import Sequence
from services.enterprise.domain.entity_kinds import EntityKind
from services.enterprise.domain.recognitions import RecognitionStatus
from shared.rules.recognition_kinds import RecognitionLevel
from shared.web.types import Body, Code, Count, Day, Fen, LongText, Prose, RegionCode, SignedFen, Text, Uscc

IndustryCode = Annotated[str, StringConstraints(pattern=r"^([A-T]|[A-T]?[0-9]{2,4})$", max_length=5)]
Address = Annotated[str, Prose(500)]
BusinessScope = Annotated[str, Prose(4000)]
Phone = Annotated[str, StringConstraints(pattern=r"^[0-9+()-]{5,25}$", max_length=25)]
Email = Annotated[
    str,
    StringConstraints(
        pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]{0,187}[A-Za-z0-9])?$", max_length=254
    ),
]


class EnterpriseCreate(Body):
    """A new enterprise."""

    uscc: Uscc
    name: Text
    region_code: RegionCode
    park_code: Code | None = None
    registered_on: Day | None = None
    registered_capital_fen: Fen | None = None
    industry_code: IndustryCode | None = None
    address: Address | None = None
    business_scope: BusinessScope | None = None


class EnterpriseUpdate(Body):
    """What to change (merge patch): what is left out stays, null clears. Another county or park is a move."""

    name: Text = Field(default="")
    region_code: RegionCode = Field(default="")
    park_code: Code | None = None
    registered_on: Day | None = None
    registered_capital_fen: Fen | None = None
    industry_code: IndustryCode | None = None
    address: Address | None = None
    business_scope: BusinessScope | None = None
    moved_on: Day | None = None
    reason: LongText | None = None


class FiguresReport(Body):
    """Figures of a year: any of them, and where they come from."""

    revenue_fen: Fen | None = None
    rd_expense_fen: Fen | None = None
    rd_expense_domestic_fen: Fen | None = None
    staff_count: Count | None = None
    tech_staff_count: Count | None = None
    ht_income_fen: Fen | None = None
    total_income_fen: Fen | None = None
    total_assets_fen: Fen | None = None
    net_assets_fen: SignedFen | None = None
    source: Text


class ScaleCreate(Body):
    """Above or below designated size from a day on, and who says so."""

    above_scale: StrictBool
    from_on: Day
    source: Text


class RecognitionCreate(Body):
    """A recognition as the certificate or the document says."""

    kind: Code
    certificate_number: Text | None = None
    issuer: Text | None = None
    document: Text | None = None
    issued_on: Day
    valid_until_on: Day | None = None
    level: RecognitionLevel | None = None


class RevocationCreate(Body):
    """From which legal date a recognition no longer counts, and why."""

    revoked_on: Day
    reason: LongText
    document: Text | None = None


class BlockCreate(Body):
    """An integrity block from a named source."""

    kind: BlockKind
    source: Text
    from_on: Day
    document: Text | None = None


class BlockRelease(Body):
    """Why a block is lifted, and from which day (today where left out)."""

    reason: LongText
    released_on: Day | None = None


class ContactWrite(Body):
    """One contact in clear."""

    role: ContactRole
    name: Text
    phone: Phone | None = None
    email: Email | None = None
    consent: StrictBool


class ContactsWrite(Body):
    """All contacts of an enterprise; they take the place of those there were."""

    contacts: Annotated[list[ContactWrite], Field(max_length=20)]


class RungRead(BaseModel):
    """The rung held from `from_on` to the day before `until_on` (null: no end known)."""

    rung: str
    from_on: date
    until_on: date | None


class EnterpriseSummary(BaseModel):
    """An enterprise in a list; `rung` is that of the day asked about."""

    uscc: str
    version: int
    name: str
    entity_kind: EntityKind
    is_candidate: bool
    region_code: str
    park_code: str | None
    rung: str
    rung_until_on: date | None
    registered_on: date | None
    registered_capital_fen: int | None
    industry_code: str | None


class RecognitionFacts(BaseModel):
    """A recognition as an enterprise shows it."""

    id: UUID
    kind: str
    level: str | None
    certificate_number: str | None
    issuer: str | None
    document: str | None
    issued_on: date
    valid_until_on: date | None
    sequence: Sequence
    revoked_on: date | None
    revocation_reason: str | None


class RecognitionRead(RecognitionFacts):
    """A recognition with its holder and what it is worth today."""

    uscc: str
    status: RecognitionStatus


class RecognitionResult(RecognitionRead):
    """A recognition just written, with the enterprise's rung and version after it."""

    rung: str
    version: int


class FiguresRead(BaseModel):
    """The figures of a year as they stand, in fen and heads; null where nobody reported one."""

    year: int
    revenue_fen: int | None
    rd_expense_fen: int | None
    rd_expense_domestic_fen: int | None
    staff_count: int | None
    tech_staff_count: int | None
    ht_income_fen: int | None
    total_income_fen: int | None
    total_assets_fen: int | None
    net_assets_fen: int | None
    source: str | None


class FiguresResult(FiguresRead):
    """Figures just reported, with the enterprise's version after it."""

    uscc: str
    version: int


class ScaleRead(BaseModel):
    """Above or below designated size from a day on."""

    above_scale: bool
    from_on: date
    source: str


class ScaleResult(ScaleRead):
    """A mark just written, with the enterprise's version after it."""

    uscc: str
    version: int


class BlockRead(BaseModel):
    """An integrity block; `released_on` is null while it stands."""

    id: UUID
    kind: BlockKind
    source: str
    from_on: date
    released_on: date | None


class BlockResult(BlockRead):
    """A block just written, with the enterprise's version after it."""

    uscc: str
    version: int


class ContactRead(BaseModel):
    """A contact; masked for those who need not know."""

    id: UUID
    role: ContactRole
    name: str
    phone: str | None
    email: str | None
    consent: bool


class EnterpriseRead(EnterpriseSummary):
    """An enterprise with its facts as of a day."""

    as_of: date
    former_names: list[str]
    address: str | None
    business_scope: str | None
    above_scale: bool | None
    rungs: list[RungRead]
    recognitions: list[RecognitionFacts]
    figures: list[FiguresRead]
    scale: list[ScaleRead]
    blocks: list[BlockRead]
