"""An enterprise with its dated facts, as plain values. Nothing here is ever flipped by the passing of time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.enterprise.domain.entity_kinds import EntityKind

FIRST_DAY = date(1900, 1, 1)
"""From when an enterprise of unknown registration date is on the lowest rung."""


class Sequence(StrEnum):
    """Where a recognition stands among the enterprise's recognitions of its kind."""

    FIRST = "first"
    RENEWED = "renewed"
    AFTER_GAP = "after_gap"


@dataclass(frozen=True, slots=True)
class Recognition:
    """One recognition (认定). `valid_until_on` is its last valid day, `revoked_on` the first day it no longer counts.

    `sequence` follows from the others of its kind. `lapse_said` tells that its lapse was announced.
    """

    id: UUID
    kind: str
    issued_on: date
    valid_until_on: date | None = None
    level: str | None = None
    certificate_number: str | None = None
    issuer: str | None = None
    document: str | None = None
    revoked_on: date | None = None
    revocation_reason: str | None = None
    revocation_document: str | None = None
    sequence: Sequence = Sequence.FIRST
    lapse_said: bool = False


@dataclass(frozen=True, slots=True)
class YearFigures:
    """The figures of one year as they stand: item → value, and the source of the newest."""

    year: int
    items: dict[str, int]
    source: str | None = None


@dataclass(frozen=True, slots=True)
class ScaleMark:
    """From `from_on` on, says `source`, the enterprise is above (or below) designated size (规上 / 规下)."""

    above_scale: bool
    from_on: date
    source: str


@dataclass(frozen=True, slots=True)
class Block:
    """An integrity block from a named source, until a person releases it."""

    id: UUID
    kind: str
    source: str
    from_on: date
    released_on: date | None = None


@dataclass(frozen=True, slots=True)
class Enterprise:
    """One enterprise at `version`. `said_rung` is the rung last announced to the other services."""

    uscc: str
    version: int
    name: str
    entity_kind: EntityKind
    is_candidate: bool
    region_code: str
    said_rung: str
    park_code: str | None = None
    former_names: tuple[str, ...] = ()
    registered_on: date | None = None
    registered_capital_fen: int | None = None
    industry_code: str | None = None
    address: str | None = None
    business_scope: str | None = None
    recognitions: tuple[Recognition, ...] = ()
    figures: tuple[YearFigures, ...] = ()
    scale: tuple[ScaleMark, ...] = ()
    blocks: tuple[Block, ...] = field(default=())
