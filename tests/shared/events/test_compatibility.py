"""A newer version reads the older one's events and the older one reads the newer's: additive changes only.

`released/` holds the schemas of the last release; they change when a release is made and at no other time.
"""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import jsonref
import pytest
from jsonsubschema import isSubschema

from shared.events import registry
from shared.events.base import EVENTS
from shared.events.schemas import FOLDER, schema_of

RELEASED = FOLDER.parent / "released"
NAMES = sorted(path.stem for path in RELEASED.glob("*.json"))
_PROSE = ("title", "description", "default", "$id", "$schema", "$defs", "format")


def _plain(schema: Any) -> Any:
    """Resolve references and drop prose, which the comparison does not understand."""
    resolved = jsonref.replace_refs(schema, proxies=False, lazy_load=False)
    return _without_prose(deepcopy(resolved))


def _without_prose(node: Any, *, names: bool = False) -> Any:
    if isinstance(node, dict):
        return {k: _without_prose(v, names=k == "properties") for k, v in node.items() if names or k not in _PROSE}
    return [_without_prose(item) for item in node] if isinstance(node, list) else node


def _closed(node: Any) -> Any:
    """What a writer of this schema produces: the declared fields and no others."""
    if isinstance(node, dict):
        closed = {key: _closed(value) for key, value in node.items()}
        return {**closed, "additionalProperties": False} if closed.get("type") == "object" else closed
    return [_closed(item) for item in node] if isinstance(node, list) else node


def is_compatible(old: Any, new: Any) -> bool:
    """Tell whether readers of either version take what writers of the other write."""
    old, new = _plain(old), _plain(new)
    return bool(isSubschema(_closed(old), new) and isSubschema(_closed(new), old))


def test_what_was_released_still_exists() -> None:
    assert registry.CATALOGUE
    assert set(NAMES) <= set(EVENTS)


@pytest.mark.parametrize("event_type", NAMES)
def test_old_and_new_versions_read_each_other(event_type: str) -> None:
    released = json.loads((RELEASED / f"{event_type}.json").read_text(encoding="utf-8"))
    assert is_compatible(released, schema_of(EVENTS[event_type]))


OLD = {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "integer"}}, "required": ["a"]}


@pytest.mark.parametrize(
    ("change", "compatible"),
    [
        ({"properties": {**OLD["properties"], "c": {"type": "string"}}}, True),  # type: ignore[dict-item]
        ({"required": ["a", "b"]}, False),
        ({"properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}}, False),
        ({"properties": {"renamed": {"type": "string"}}, "required": ["renamed"]}, False),
    ],
)
def test_the_check_tells_additive_from_breaking(change: dict[str, Any], compatible: bool) -> None:
    assert is_compatible(OLD, {**OLD, **change}) is compatible
