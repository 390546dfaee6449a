"""The shape of conditions in a pack: one comparison, or several joined by all, any and not."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationInfo, field_validator

from shared.rules.facts import FactPoint
from shared.rules.units import Unit, Value, value_in


class Operator(StrEnum):
    """How a fact is compared. 以上 and 以下 include the number (at_least, at_most); 超过 and 不满 do not."""

    EQUAL = "equal"
    NOT_EQUAL = "not_equal"
    MORE_THAN = "more_than"
    AT_LEAST = "at_least"
    LESS_THAN = "less_than"
    AT_MOST = "at_most"
    ONE_OF = "one_of"


ORDERING = frozenset({Operator.MORE_THAN, Operator.AT_LEAST, Operator.LESS_THAN, Operator.AT_MOST})
UNORDERED = frozenset({Unit.FLAG, Unit.CODE})


class RuleModel(BaseModel):
    """Base of everything read from a pack: frozen, and strangers among the keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Condition(RuleModel):
    """One comparison of one fact at one point; its clause and provision default to those of the rule around it."""

    fact: str
    unit: Unit
    operator: Operator
    value: Any
    at: FactPoint = FactPoint.ON_TRIGGER
    id: str | None = None
    clause: str | None = None
    provision_id: str | None = None

    @field_validator("operator")
    @classmethod
    def _comparable(cls, operator: Operator, known: ValidationInfo) -> Operator:
        if operator in ORDERING and known.data.get("unit") in UNORDERED:
            raise ValueError("这一类值没有大小,请写 equal、not_equal 或 one_of")
        return operator

    @field_validator("value")
    @classmethod
    def _typed(cls, written: Any, known: ValidationInfo) -> Any:
        if not {"unit", "operator"} <= known.data.keys():
            return written
        many = isinstance(written, list | tuple)
        if many != (known.data["operator"] is Operator.ONE_OF):
            raise ValueError("operator 为 one_of 时请写成列表,其余写成单个值")
        unit = known.data["unit"]
        return tuple(value_in(unit, item) for item in written) if many else value_in(unit, written)

    @property
    def thresholds(self) -> tuple[Value, ...]:
        """What the fact is compared with: one value, or the members of one_of."""
        return self.value if isinstance(self.value, tuple) else (self.value,)


class AllOf(RuleModel):
    """Every one must hold."""

    all: tuple["Conditions", ...] = Field(min_length=1)


class AnyOf(RuleModel):
    """At least one must hold."""

    any: tuple["Conditions", ...] = Field(min_length=1)


class Negation(RuleModel):
    """The one inside must not hold."""

    negated: "Conditions" = Field(alias="not")


def _shape_of(written: object) -> str:
    if isinstance(written, Mapping):
        return next((f"*{shape}" for shape in ("all", "any", "not") if shape in written), "*fact")
    return _SHAPES.get(type(written), "*fact")


# The star marks a branch in an error's path that is no key of the file.
_SHAPES: dict[type, str] = {AllOf: "*all", AnyOf: "*any", Negation: "*not"}

Tree: TypeAlias = Condition | AllOf | AnyOf | Negation

Conditions = Annotated[
    Annotated[Condition, Tag("*fact")]
    | Annotated[AllOf, Tag("*all")]
    | Annotated[AnyOf, Tag("*any")]
    | Annotated[Negation, Tag("*not")],
    Discriminator(_shape_of),
]

for _joint in (AllOf, AnyOf, Negation):
    _joint.model_rebuild()


def leaves(tree: Tree) -> list[Condition]:
    """Every comparison in the tree, in the order written."""
    match tree:
        case Condition():
            return [tree]
        case AllOf(all=children) | AnyOf(any=children):
            return [leaf for child in children for leaf in leaves(child)]
        case Negation(negated=child):
            return leaves(child)
