"""Whatever comes in is limited by the published schema itself: every text, number, list and object of a request."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import pytest

from shared.db.engine import Database
from shared.kernel.clock import FixedClock
from shared.testing.tokens import TestIssuer
from shared.web.edge import Edge
from tests.contracts.applications import SERVICES, TODAY, build, edge_routes

SHORT_BY_NATURE = {"date", "uuid", "binary"}


@pytest.fixture(scope="module", params=SERVICES)
def edge(request: pytest.FixtureRequest, issuer: TestIssuer) -> tuple[str, Edge]:
    nowhere = Database("postgresql://nobody@127.0.0.1:1/none")
    return request.param, Edge(database=nowhere, verifier=issuer.verifier(), clock=FixedClock(TODAY))


def inputs(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every schema of a parameter or body, with where it is."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            for parameter in operation.get("parameters", ()):
                yield f"{method} {path} {parameter['name']}", parameter["schema"]
            for content in operation.get("requestBody", {}).get("content", {}).values():
                yield f"{method} {path}", content["schema"]


def unlimited(place: str, schema: dict[str, Any], document: dict[str, Any]) -> Iterator[str]:
    """Yield the places below which a client may send as much as it likes."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    for option in schema.get("anyOf", ()):
        yield from unlimited(place, option, document)
    kind = schema.get("type")
    for name, below in schema.get("properties", {}).items():
        yield from unlimited(f"{place}/{name}", below, document)
    if kind == "array":
        yield from unlimited(f"{place}/0", schema["items"], document)
    if not _is_limited(kind, schema):
        yield f"{place}: {schema}"


def _is_limited(kind: str | None, schema: dict[str, Any]) -> bool:
    if kind == "string":
        short = "enum" in schema or "const" in schema or "contentMediaType" in schema
        return short or "maxLength" in schema or schema.get("format") in SHORT_BY_NATURE
    if kind in ("integer", "number"):
        return "minimum" in schema and "maximum" in schema
    if kind == "array":
        return "maxItems" in schema
    return kind != "object" or schema.get("additionalProperties") is False


def test_every_input_is_limited(edge: tuple[str, Edge]) -> None:
    document = build(*edge).openapi()
    assert not [found for place, schema in inputs(document) for found in unlimited(place, schema, document)]


def test_a_route_that_compares_versions_says_so(edge: tuple[str, Edge]) -> None:
    silent = [
        route.path
        for route in edge_routes(build(*edge))
        if "_match(" in inspect.getsource(route.endpoint) and route.access.if_match is None
    ]
    assert not silent
