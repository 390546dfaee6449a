"""The JSON Schema of every event, committed under schemas/: `python -m shared.events.schemas` writes them again."""

from __future__ import annotations

import json
from pathlib import Path

from shared.events.base import EVENTS, Event

FOLDER = Path(__file__).parent / "schemas"
EXAMPLES = Path(__file__).parent / "examples"


def schema_of(event_class: type[Event]) -> dict[str, object]:
    """Return the schema of an event's JSON body as its readers accept it."""
    schema = event_class.model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"/schemas/{event_class.event_type}",
    } | schema


def render(event_class: type[Event]) -> str:
    """Return the text of an event's schema file."""
    return json.dumps(schema_of(event_class), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def write_schemas() -> None:
    """Write one file a type; a type that is gone keeps its file until somebody retires it by hand."""
    FOLDER.mkdir(exist_ok=True)
    for event_type, event_class in EVENTS.items():
        (FOLDER / f"{event_type}.json").write_text(render(event_class), encoding="utf-8")


if __name__ == "__main__":
    from shared.events import registry

    assert registry.CATALOGUE  # noqa: S101 - importing it registers every event
    write_schemas()
