"""The shape of a grant pack: what a policy document promises, to whom, on which event, under which conditions."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator, Field, WithJsonSchema

from shared.rules.conditions import Conditions, RuleModel
from shared.rules.readings import ChosenReading, Reading
from shared.rules.units import fen_of

Fen = Annotated[
    int,
    BeforeValidator(fen_of),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": "(元|万|亿)$"}]}),
]
Day: TypeAlias = date


class Window(RuleModel):
    """From the first to the last day, both included; an end left out is open."""

    from_on: Day | None = None
    until_on: Day | None = None

    def holds_on(self, day: Day) -> bool:
        """Whether the day lies in the window."""
        return (self.from_on is None or self.from_on <= day) and (self.until_on is None or day <= self.until_on)


class InForce(RuleModel):
    """Three different times: the document's own force, the events it rewards, and when it may be paid."""

    document: Window
    trigger: Window
    payment: Window


class Sequence(StrEnum):
    """Where a recognition stands among the enterprise's recognitions of its kind."""

    FIRST = "first"
    RENEWED = "renewed"
    AFTER_GAP = "after_gap"


class RecognitionTrigger(RuleModel):
    """A recognition of one of these kinds was granted, at one of these places in its sequence."""

    kind: Literal["recognition"]
    recognition: tuple[str, ...] = Field(min_length=1)
    sequence: tuple[Sequence, ...] = Field(default=tuple(Sequence), min_length=1)


class SpecialistGradeTrigger(RuleModel):
    """A panel gave a specialist one of these grades for a year."""

    kind: Literal["specialist_grade"]
    grade: tuple[str, ...] = Field(min_length=1)


Trigger = Annotated[RecognitionTrigger | SpecialistGradeTrigger, Field(discriminator="kind")]


class Beneficiary(StrEnum):
    """Who receives the money."""

    ENTERPRISE = "enterprise"
    PLATFORM_HOST = "platform_host"
    SPECIALIST = "specialist"
    BASE = "base"


class FixedAmount(RuleModel):
    """One sum for everyone."""

    kind: Literal["fixed"]
    value: Fen


class PerGradeAmount(RuleModel):
    """A sum per value of one fact, such as a grade or a level; a value not listed gives nothing."""

    kind: Literal["per_grade"]
    fact: str
    values: dict[str, Fen] = Field(min_length=1)


class ToBeDecidedAmount(RuleModel):
    """The text gives no number: a person decides, with a reason and a document."""

    kind: Literal["to_be_decided"]
    note_zh: str


Amount = Annotated[FixedAmount | PerGradeAmount | ToBeDecidedAmount, Field(discriminator="kind")]


class Once(StrEnum):
    """How often the same beneficiary may receive the same grant."""

    PER_TRIGGER = "per_trigger"
    PER_YEAR = "per_year"
    PER_BENEFICIARY = "per_beneficiary"


class Provision(RuleModel):
    """The place in the document that a rule carries, in its own words."""

    id: str
    clause: str
    quote: str = Field(min_length=4)


class HumanCheck(RuleModel):
    """What a reviewer must look at in person, always or where a condition holds (or cannot be told)."""

    text_zh: str
    when: Conditions | None = None


class Evidence(RuleModel):
    """A paper that proves the case."""

    id: str
    label_zh: str


class GrantRule(RuleModel):
    """What the document promises in one place; an award is given under it."""

    id: str = Field(pattern="^[a-z0-9_.]+$")
    label_zh: str
    provisions: tuple[Provision, ...] = Field(min_length=1)
    award_kind: Literal["reward", "subsidy"]
    mode: Literal["automatic", "reimbursement"] = "automatic"
    payer_zh: str
    trigger: Trigger
    beneficiary: Beneficiary
    conditions: Conditions | None = None
    amount: Amount
    once: Once
    stacking: Literal["independent"] = "independent"
    evidence: tuple[Evidence, ...] = ()
    human_checks: tuple[HumanCheck, ...] = ()
    in_force: InForce | None = None
    readings: tuple[ChosenReading, ...] = Field(default=(), exclude=True)

    @property
    def clause(self) -> str:
        """The clause of the first provision: what conditions cite when they name none."""
        return self.provisions[0].clause

    @property
    def provision_ids(self) -> tuple[str, ...]:
        """The provisions this rule carries."""
        return tuple(provision.id for provision in self.provisions)


class GrantPack(RuleModel):
    """One policy document in machine form."""

    id: str = Field(pattern="^[a-z0-9-]+$")
    jurisdiction: str = Field(pattern="^[0-9]{6}$")
    document: str
    in_force: InForce
    readings: tuple[Reading, ...] = ()
    human_checks: tuple[HumanCheck, ...] = ()
    grants: tuple[GrantRule, ...] = Field(min_length=1)
