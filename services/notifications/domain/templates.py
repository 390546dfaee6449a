"""Templates in Chinese, versioned; a template may name known placeholders only, and nothing else is evaluated."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pydantic import Field

from services.notifications.domain.duty_rules import OTHERS, Kinds
from shared.rules.conditions import RuleModel
from shared.rules.reading import read_source
from shared.rules.validation import validated

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class Phase(StrEnum):
    """When a notice is written: before the day, after it, or on an event."""

    REMINDER = "reminder"
    OVERDUE = "overdue"
    ANNOUNCEMENT = "announcement"


_DUTY_PLACEHOLDERS = frozenset(
    {"enterprise_name", "uscc", "duty_label", "action", "consequence", "due_on", "time_left", "clause"}
)
_AWARD_PLACEHOLDERS = frozenset(
    {"enterprise_name", "uscc", "grant_label", "amount", "trigger_on", "provisions", "reason"}
)
PLACEHOLDERS: Mapping[Phase, frozenset[str]] = {
    Phase.REMINDER: _DUTY_PLACEHOLDERS,
    Phase.OVERDUE: _DUTY_PLACEHOLDERS,
    Phase.ANNOUNCEMENT: _AWARD_PLACEHOLDERS,
}
"""What a template of each phase may name."""


class Template(RuleModel):
    """The words of one kind of notice. A change of words is a new version."""

    id: str = Field(pattern="^[a-z_]+$")
    version: int = Field(ge=1)
    phase: Phase
    notice_kinds: Kinds
    title: str = Field(min_length=1, max_length=200)
    body: str = Field(min_length=1, max_length=4000)

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The placeholders the template names, in order of first use."""
        return tuple(dict.fromkeys(_PLACEHOLDER.findall(self.title + self.body)))


@dataclass(frozen=True)
class RenderedText:
    """A notice's words as sent, with the template they came from."""

    title: str
    body: str
    template_id: str
    template_version: int


class MissingValue(Exception):
    """A template names a placeholder for which there is no value."""


def render(template: Template, values: Mapping[str, str]) -> RenderedText:
    """Put the values in place; they are text and nothing in them is looked at again."""
    return RenderedText(
        title=" ".join(_fill(template.title, values).split()),
        body=_fill(template.body, values).strip(),
        template_id=template.id,
        template_version=template.version,
    )


def _fill(text: str, values: Mapping[str, str]) -> str:
    try:
        return _PLACEHOLDER.sub(lambda match: values[match[1]], text)
    except KeyError as error:
        raise MissingValue(str(error.args[0])) from error


@dataclass(frozen=True)
class TemplateSet:
    """All templates in force."""

    templates: tuple[Template, ...]

    def choose(self, notice_kind: str, phase: Phase) -> Template:
        """Return the template for a kind: its own, else the one for all others; raises LookupError."""
        fitting = [template for template in self.templates if template.phase is phase]
        for kind in (notice_kind, OTHERS):
            for template in fitting:
                if kind in template.notice_kinds:
                    return template
        raise LookupError(f"no template for {notice_kind} ({phase})")


def load_templates(folder: Path) -> TemplateSet:
    """Read every template of a folder; the first mistake raises PackError."""
    return TemplateSet(tuple(_load_template(file) for file in sorted(folder.glob("*.yaml"))))


def _load_template(file: Path) -> Template:
    source = read_source(file)
    template = validated(Template, source, source.value)
    for path, problem in _mistakes(template):
        raise source.error_at(path, problem)
    return template


def _mistakes(template: Template) -> Iterator[tuple[tuple[str], str]]:
    allowed = PLACEHOLDERS[template.phase]
    for name, text in (("title", template.title), ("body", template.body)):
        for placeholder in _PLACEHOLDER.findall(text):
            if placeholder not in allowed:
                yield (name,), f"不能使用 {{{placeholder}}},可用的有:{'、'.join(sorted(allowed))}"
        if {"{", "}"} & set(_PLACEHOLDER.sub("", text)):
            yield (name,), "花括号没有成对"
