"""Ambiguous words become named settings: which readings there are, which one holds, who chose it and when.

In a file, `{reading: <id>}` stands wherever a value depends on a reading; it is replaced by what the chosen option
means before anything else looks at the file. So the rest of the engine knows no readings, and each option is checked
like hand-written text.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationInfo, field_validator

from shared.rules.conditions import RuleModel
from shared.rules.reading import Source
from shared.rules.validation import validated

_USE = {"reading"}


class ReadingOption(RuleModel):
    """One way to read the words: its name, its sentence for people, and what it puts in place."""

    id: str
    label_zh: str
    means: Any


class Reading(RuleModel):
    """A question the document's words leave open, with the options, the one that holds, and who chose it."""

    id: str
    question_zh: str
    options: tuple[ReadingOption, ...]
    default: str
    chosen_by: str
    chosen_on: date
    note_zh: str | None = None

    @field_validator("default")
    @classmethod
    def _offered(cls, default: str, known: ValidationInfo) -> str:
        offered = [option.id for option in known.data.get("options", ())]
        if offered and default not in offered:
            raise ValueError(f"默认读法 {default} 不在选项中,请写其中之一:{'、'.join(offered)}")
        return default


@dataclass(frozen=True)
class ChosenReading:
    """The option under which a rule was applied; stored with every decision."""

    id: str
    question_zh: str
    option: str
    label_zh: str
    chosen_by: str
    chosen_on: date

    def to_json(self) -> dict[str, str]:
        """The form a decision stores."""
        return {
            "id": self.id,
            "question_zh": self.question_zh,
            "option": self.option,
            "label_zh": self.label_zh,
            "chosen_by": self.chosen_by,
            "chosen_on": self.chosen_on.isoformat(),
        }


def chosen(reading: Reading, choices: Mapping[str, str]) -> tuple[ReadingOption, ChosenReading]:
    """The option that holds: the one chosen, else the default. A choice that is not offered raises ValueError."""
    wanted = choices.get(reading.id, reading.default)
    option = next((option for option in reading.options if option.id == wanted), None)
    if option is None:
        raise ValueError(f"读法 {reading.id} 没有选项 {wanted}")
    return option, ChosenReading(
        reading.id, reading.question_zh, option.id, option.label_zh, reading.chosen_by, reading.chosen_on
    )


@dataclass
class Resolved:
    """A file's values with every reading put in place, which option each one took, and where it was used."""

    value: Any
    chosen: dict[str, ChosenReading]
    used: dict[tuple[str | int, ...], str] = field(default_factory=dict)

    def used_within(self, *paths: tuple[str | int, ...]) -> tuple[ChosenReading, ...]:
        """The readings used at or below these paths, each once."""
        names = [name for path in paths for where, name in self.used.items() if where[: len(path)] == path]
        return tuple(self.chosen[name] for name in dict.fromkeys(names))


class _ReadingsOfFile(BaseModel):
    readings: tuple[Reading, ...] = ()


def readings_of(source: Source) -> tuple[Reading, ...]:
    """The readings a file defines; raises PackError."""
    return validated(_ReadingsOfFile, source, source.value).readings


def load_resolved(source: Source, choices: Mapping[str, str] | None = None) -> Resolved:
    """The file's values under these choices, the defaults where none is given; raises PackError."""
    options, chosen_readings = {}, {}
    for reading in readings_of(source):
        options[reading.id], chosen_readings[reading.id] = chosen(reading, choices or {})
    resolved = Resolved(None, chosen_readings)
    resolved.value = _resolve(source, source.value, (), options, resolved)
    return resolved


def _resolve(source: Source, value: Any, path: tuple[Any, ...], options: Mapping[str, Any], resolved: Resolved) -> Any:
    if isinstance(value, dict):
        if value.keys() == _USE:
            return _put_in_place(source, value["reading"], path, options, resolved)
        return {key: _resolve(source, item, (*path, key), options, resolved) for key, item in value.items()}
    if isinstance(value, list):
        return [_resolve(source, item, (*path, index), options, resolved) for index, item in enumerate(value)]
    return value


def _put_in_place(
    source: Source, name: Any, path: tuple[Any, ...], options: Mapping[str, Any], resolved: Resolved
) -> Any:
    option = options.get(name)
    if option is None:
        near = get_close_matches(str(name), list(options), n=1)
        hint = f",是否想写 {near[0]}?" if near else ",请先在 readings 中写出"
        raise source.error_at(path, f"读法 {name} 没有定义{hint}")
    resolved.used[path] = name
    return option.means


def every_choice(readings: tuple[Reading, ...]) -> Iterator[dict[str, str]]:
    """The default choice, then each other option alone: what a check tries so that no option breaks the file."""
    yield {}
    for reading in readings:
        for option in reading.options:
            if option.id != reading.default:
                yield {reading.id: option.id}
