"""JSON Schemas of the files under jurisdictions/, for editors: wherever a value may stand, a reading may stand too."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from shared.rules.readings import Reading, ReadingOption

_USE = {
    "type": "object",
    "properties": {"reading": {"type": "string"}},
    "required": ["reading"],
    "additionalProperties": False,
}
_READING_MODELS = frozenset({Reading.__name__, ReadingOption.__name__})


def file_schema(model: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a file of this model."""
    schema = model.model_json_schema()
    for name, definition in schema.get("$defs", {}).items():
        if name not in _READING_MODELS:
            _allow_readings(definition)
    _allow_readings(schema)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return schema


def _allow_readings(definition: dict[str, Any]) -> None:
    properties = definition.get("properties", {})
    for name, written in properties.items():
        if name not in ("id", "readings"):
            properties[name] = {"anyOf": [written, _USE]}
