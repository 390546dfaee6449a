"""The kinds of recognition there are, and how long each holds: jurisdictions/national/recognition_kinds.yaml."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from shared.kernel.dates import last_valid_day
from shared.rules.conditions import RuleModel
from shared.rules.reading import read_source
from shared.rules.validation import validated


class KindClass(StrEnum):
    """What a recognition is about."""

    RUNG = "rung"
    PLATFORM = "platform"
    WORKSTATION = "workstation"
    BASE = "base"
    OTHER = "other"


class RecognitionLevel(StrEnum):
    """The level of the authority that recognised, highest first."""

    NATIONAL = "national"
    PROVINCIAL = "provincial"
    MUNICIPAL = "municipal"
    COUNTY = "county"


class ForYears(RuleModel):
    """Valid for a number of years from the issue date; the last day is the one before the anniversary."""

    kind: Literal["years"]
    years: int = Field(gt=0)

    def ends_on(self, issued_on: date) -> date | None:
        """The last valid day of a certificate issued on this day."""
        return last_valid_day(issued_on, self.years)


class UntilDayOfNextYear(RuleModel):
    """Valid until a fixed day of the year after issue."""

    kind: Literal["until_day_of_next_year"]
    month: int = Field(ge=1, le=12)
    day: int = Field(ge=1, le=31)

    def ends_on(self, issued_on: date) -> date | None:
        """The last valid day of a number issued on this day."""
        return date(issued_on.year + 1, self.month, self.day)


class OpenEnded(RuleModel):
    """Valid until revoked."""

    kind: Literal["open_ended"]

    def ends_on(self, issued_on: date) -> date | None:
        """No last day."""
        return None


class AsPrinted(RuleModel):
    """Valid until the day the certificate prints; none printed means until revoked."""

    kind: Literal["as_printed"]

    def ends_on(self, issued_on: date) -> date | None:
        """No last day follows from the kind alone."""
        return None


Validity = Annotated[ForYears | UntilDayOfNextYear | OpenEnded | AsPrinted, Field(discriminator="kind")]


class RecognitionKind(RuleModel):
    """One kind of recognition. `levels` lists the levels it is given at; empty where the kind itself fixes it."""

    id: str = Field(pattern="^[a-z_]+$")
    label_zh: str
    kind_class: KindClass
    validity: Validity
    levels: tuple[RecognitionLevel, ...] = ()
    basis_zh: str
    note_zh: str | None = None

    def last_valid_day(self, issued_on: date, printed_until_on: date | None = None) -> date | None:
        """The last valid day: the printed one where there is one, else what the kind fixes, else None (open)."""
        return printed_until_on or self.validity.ends_on(issued_on)


class _Kinds(RuleModel):
    kinds: tuple[RecognitionKind, ...]


class KindRegister:
    """All kinds of recognition, by id."""

    def __init__(self, kinds: Iterable[RecognitionKind]) -> None:
        self._kinds = {kind.id: kind for kind in kinds}

    def find(self, kind: str) -> RecognitionKind | None:
        """The kind with this id, if there is one."""
        return self._kinds.get(kind)

    @property
    def ids(self) -> list[str]:
        """Every id, in the order of the file."""
        return list(self._kinds)

    @property
    def kinds(self) -> list[RecognitionKind]:
        """Every kind, in the order of the file."""
        return list(self._kinds.values())


def load_recognition_kinds(file: Path) -> KindRegister:
    """The register of kinds; raises PackError."""
    source = read_source(file)
    kinds = validated(_Kinds, source, source.value).kinds
    for index, kind in enumerate(kinds):
        if kind.id in {earlier.id for earlier in kinds[:index]}:
            raise source.error_at(("kinds", index, "id"), f"认定种类 {kind.id} 重复,请删去其一")
    return KindRegister(kinds)
