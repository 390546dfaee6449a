"""Well-formed values made from the published schemas, and the places in them where something else can be put."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count, cycle
from typing import Any

from shared.testing.codes import make_uscc

Place = tuple[str | int, ...]
_FORMATS = {
    "date": "2026-11-20",
    "uuid": "00000000-0000-0000-0000-000000000000",
    "region_code": "530402",
    "email": "contact@example.cn",
    "binary": "",
}
_WORDS = ("hnte", "A01", "13800000000", "C39", "enterprise_contact", "a@b.cn", "示例")
_serials = count(500_000)


@dataclass
class Samples:
    """Makes values of one document's schemas; `known` leads to rows, by the name of the parameter or field."""

    document: Mapping[str, Any]
    known: Mapping[str, list[str]]
    fresh: frozenset[str] = frozenset()
    _turns: dict[str, Any] = field(default_factory=dict)

    def value(self, schema: Mapping[str, Any], name: str = "") -> Any:
        """Return a value that fits the schema."""
        schema = self.resolve(schema)
        if name in self.fresh:
            return make_uscc(next(_serials))
        if (values := self.known.get(f"body.{name}") or self.known.get(name)) is not None and values:
            return next(self._turns.setdefault(name, cycle(values)))
        if "enum" in schema:
            return schema["enum"][0]
        return getattr(self, f"_{schema.get('type', 'string')}")(schema)

    def resolve(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Follow references and choose the alternative that is not null."""
        for option in schema.get("anyOf", ()):
            if option != {"type": "null"}:
                return self.resolve(option)
        if "$ref" not in schema:
            return schema
        found: Any = self.document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        return self.resolve(found)

    def places(self, schema: Mapping[str, Any], at: Place = ()) -> Iterator[tuple[Place, str]]:
        """Yield where a value has its leaves, and the type of each."""
        schema = self.resolve(schema)
        if schema.get("type") == "object" and "properties" in schema:
            for name, below in schema["properties"].items():
                yield from self.places(below, (*at, name))
        elif schema.get("type") == "array":
            yield at, "array"
            yield from self.places(schema["items"], (*at, 0))
        else:
            yield at, schema.get("type", "string")

    def _object(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self.value(below, name) for name, below in schema.get("properties", {}).items()}

    def _array(self, schema: Mapping[str, Any]) -> list[Any]:
        return [self.value(schema["items"])]

    def _string(self, schema: Mapping[str, Any]) -> str:
        if schema.get("format") == "uscc":
            return make_uscc(1)
        if schema.get("format") in _FORMATS:
            return _FORMATS[schema["format"]]
        return next(word for word in _WORDS if re.search(schema.get("pattern", ""), word))

    def _integer(self, schema: Mapping[str, Any]) -> int:
        return max(int(schema.get("minimum", 0)), 1)

    def _boolean(self, schema: Mapping[str, Any]) -> bool:
        return True


def put(value: Any, place: Place, other: object) -> Any:
    """Return a copy of the value with `other` at the place."""
    if not place:
        return other
    changed = copy.deepcopy(value)
    *way, last = place
    found = changed
    for step in way:
        found = found[step]
    found[last] = other
    return changed
