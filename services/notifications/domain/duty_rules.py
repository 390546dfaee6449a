"""Duties as data: which recognition obliges to what, by when, and where it is written (jurisdictions/*/duties.yaml)."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from shared.rules.conditions import RuleModel
from shared.rules.reading import Source, read_source
from shared.rules.validation import validated

OTHERS = "others"
"""In place of a list of kinds: every kind that no other entry names."""


def _listed(written: object) -> object:
    return [OTHERS] if written == OTHERS else written


Kinds = Annotated[tuple[str, ...], BeforeValidator(_listed), Field(min_length=1)]

_COMMON_YEAR = 2023


class EachYear(RuleModel):
    """Due on one day of every calendar year after the year of issue that overlaps validity."""

    kind: Literal["each_year"]
    month: int = Field(ge=1, le=12)
    day: int = Field(ge=1, le=31)

    @model_validator(mode="after")
    def _exists_in_every_year(self) -> EachYear:
        if self.day > calendar.monthrange(_COMMON_YEAR, self.month)[1]:
            raise ValueError("这一天不是每年都有,请写成该月每年都有的日子")
        return self

    def in_year(self, year: int) -> date:
        """Return the day in a year."""
        return date(year, self.month, self.day)


class AtExpiry(RuleModel):
    """Due on the last valid day; fulfilled by a later recognition of the same kind and level."""

    kind: Literal["at_expiry"]


class DutyProvision(RuleModel):
    """Where a duty is written. `basis_zh` says how far the text was checked."""

    id: str
    document: str
    clause: str
    basis_zh: str


class DutyDocument(RuleModel):
    """A document that duties rest on."""

    id: str
    title: str
    document_number: str | None = None


class DutyRule(RuleModel):
    """One duty: what the holder of these recognitions must do, by when, and what follows if not."""

    kind: str = Field(pattern="^[a-z_]+$")
    label_zh: str
    action_zh: str
    consequence_zh: str
    recognitions: Kinds
    due: Annotated[EachYear | AtExpiry, Field(discriminator="kind")]
    provisions: tuple[DutyProvision, ...] = Field(min_length=1)
    clause_zh: str = Field(default="", exclude=True)

    @property
    def provision_ids(self) -> tuple[str, ...]:
        """The provisions this duty rests on."""
        return tuple(provision.id for provision in self.provisions)


class _DutyFile(RuleModel):
    documents: tuple[DutyDocument, ...] = ()
    duties: tuple[DutyRule, ...]


def load_duty_rules(file: Path) -> tuple[DutyRule, ...]:
    """Read one duties.yaml; raises PackError naming file and line."""
    source = read_source(file)
    content = validated(_DutyFile, source, source.value)
    _refuse_repeated_kinds(source, content)
    return tuple(_citing(source, content, index) for index in range(len(content.duties)))


def _refuse_repeated_kinds(source: Source, content: _DutyFile) -> None:
    seen: set[str] = set()
    for index, rule in enumerate(content.duties):
        if rule.kind in seen:
            raise source.error_at(("duties", index, "kind"), f"事项 {rule.kind} 重复,请删去其一")
        seen.add(rule.kind)


def _citing(source: Source, content: _DutyFile, index: int) -> DutyRule:
    """Return the rule with its citation written out, as notices print it."""
    rule, documents = content.duties[index], {document.id: document for document in content.documents}
    for place, provision in enumerate(rule.provisions):
        if provision.document not in documents:
            path = ("duties", index, "provisions", place, "document")
            raise source.error_at(path, f"没有文件 {provision.document},可用的有:{'、'.join(documents)}")
    return rule.model_copy(update={"clause_zh": ";".join(_citations(rule, documents))})


def _citations(rule: DutyRule, documents: dict[str, DutyDocument]) -> Iterator[str]:
    for provision in rule.provisions:
        document = documents[provision.document]
        number = f"({document.document_number})" if document.document_number else ""
        yield f"《{document.title}》{number}{provision.clause}"
