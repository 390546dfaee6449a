"""Hostile input in every field, parameter and header of every route is refused with a reason, or kept as it is."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI

from shared.kernel.roles import Role
from shared.testing.client import client_of
from shared.testing.tokens import TestIssuer
from shared.web.edge import EdgeRoute
from tests.contracts.applications import SERVICES, application, edge_routes
from tests.contracts.hostile import BODIES, MEDIA_TYPES, STRANGE, UNREADABLE, VALUES
from tests.contracts.samples import Samples, put
from tests.contracts.seeds import seed
from tests.databases import ServiceDatabase

pytestmark = pytest.mark.timeout(300)
TAKES_ALL = int(os.environ.get("TIDU_FUZZ_EXAMPLES", "2")) >= 10
_strange = cycle(STRANGE.items())
CURSORS: tuple[list[object], ...] = (
    ["a"],
    [1],
    ["a", "b"],
    [1, 2],
    [2**62, 2**62],
    [2**70],
    ["\x00"],
    ["\ud800"],
    ["9999-12-31", "x"],
    [None],
    [[]],
)


@dataclass(frozen=True)
class Operation:
    """One method of one path, as the document describes it."""

    route: EdgeRoute
    method: str
    described: dict[str, Any]

    @property
    def body(self) -> dict[str, Any] | None:
        """The schema of its JSON body."""
        content = self.described.get("requestBody", {}).get("content", {})
        schema: dict[str, Any] | None = content.get("application/json", {}).get("schema")
        return schema

    def parameters(self, place: str) -> list[str]:
        """The names of its parameters in the path, query or header."""
        return [known["name"] for known in self.described.get("parameters", ()) if known["in"] == place]


class Attacker:
    """Somebody with every role, who sends what nobody should."""

    def __init__(self, client: httpx.AsyncClient, headers: dict[str, str], app: FastAPI, samples: Samples) -> None:
        self._client = client
        self._headers = headers
        self.samples = samples
        paths = app.openapi()["paths"]
        self.operations = [
            Operation(route, method, paths[route.path_format][method.lower()])
            for route in edge_routes(app)
            for method in sorted(route.methods or ())
        ]
        self.wrong: list[str] = []

    def path(self, operation: Operation, **given: str) -> str:
        """Return the operation's path with known identifiers, or with the given values."""
        path = operation.route.path_format
        for name in operation.parameters("path"):
            known = self.samples.known.get(name, ["2025"])[0]
            path = path.replace(f"{{{name}}}", quote(given.get(name, known).encode("utf-8", "surrogatepass"), safe=""))
        return path

    def findings(self) -> list[str]:
        """Return what was found since one last asked."""
        found, self.wrong = self.wrong, []
        return found

    async def send(self, operation: Operation, path: str, *, must_fail: bool = False, **options: Any) -> None:
        """Send one request; note an answer that is no plain success and no proper problem either."""
        headers = {**self._headers, **options.pop("headers", {})}
        if operation.route.access.if_match:
            headers.setdefault("If-Match", "*")
        answer = await self._client.request(operation.method, path, headers=headers, **options)
        if (answer.is_success and not must_fail) or is_proper(answer):
            return
        told = {key: str(value)[:80] for key, value in options.items()}
        self.wrong.append(f"{operation.method} {path[:150]} {told}: {answer.status_code} {answer.text[:200]}")


def is_proper(answer: httpx.Response) -> bool:
    """Tell whether the answer refuses the request and explains why."""
    if not 400 <= answer.status_code < 500 or answer.headers["content-type"] != "application/problem+json":
        return False
    problem = answer.json()
    return bool(problem["code"]) and problem["status"] == answer.status_code and bool(problem["title"])


@pytest.fixture(scope="module", params=SERVICES)
async def attacker(
    request: pytest.FixtureRequest, make_database: Callable[[str], ServiceDatabase], issuer: TestIssuer
) -> AsyncIterator[Attacker]:
    database = make_database(request.param)
    async with application(request.param, database, issuer) as app, client_of(app) as client:
        known = await seed(request.param, app, database, issuer)
        fresh = frozenset({"uscc"}) if request.param == "enterprise" else frozenset()
        token = issuer.sign({"sub": "everybody", "name": "所有人", "roles": [role.value for role in Role]})
        yield Attacker(client, {"Authorization": f"Bearer {token}"}, app, Samples(app.openapi(), known, fresh))


def some_texts() -> list[tuple[str, str]]:
    """Return the unreadable texts and the next few strange ones; all of them in a long run (see test_schemathesis)."""
    return [*UNREADABLE.items(), *islice(_strange, len(STRANGE) if TAKES_ALL else 8)]


def writes(attacker: Attacker) -> Iterator[tuple[Operation, dict[str, Any]]]:
    """Yield the operations with a JSON body, and its schema."""
    for operation in attacker.operations:
        if operation.body is not None:
            yield operation, operation.body


async def test_hostile_text_in_every_field_is_refused_or_kept(attacker: Attacker) -> None:
    for operation, schema in writes(attacker):
        for place, kind in attacker.samples.places(schema):
            for name, text in some_texts() if kind == "string" else ():
                body = json.dumps(put(attacker.samples.value(schema), place, text)).encode()
                options = {"content": body, "headers": {"content-type": "application/json"}}
                await attacker.send(operation, attacker.path(operation), must_fail=name in UNREADABLE, **options)
    assert not attacker.findings()


async def test_values_of_another_kind_are_refused(attacker: Attacker) -> None:
    for operation, schema in writes(attacker):
        for place, _ in attacker.samples.places(schema):
            for value in VALUES:
                body = put(attacker.samples.value(schema), place, value)
                await attacker.send(operation, attacker.path(operation), json=body)
    assert not attacker.findings()


async def test_hostile_parameters_and_headers_are_refused(attacker: Attacker) -> None:
    for operation in attacker.operations:
        for _, text in some_texts():
            short = text[:3000]
            for name in operation.parameters("path"):
                await attacker.send(operation, attacker.path(operation, **{name: short or "%"}))
            for name in operation.parameters("query"):
                query = f"{name}={quote(short.encode('utf-8', 'surrogatepass'), safe='')}"
                await attacker.send(operation, f"{attacker.path(operation)}?{query}")
            for name in operation.parameters("header"):
                value = short.encode("utf-8", "surrogatepass").replace(b"\r", b"").replace(b"\n", b"")
                await attacker.send(operation, attacker.path(operation), headers={name: value})
    assert not attacker.findings()


async def test_a_cursor_of_ones_own_making_is_refused(attacker: Attacker) -> None:
    for operation in attacker.operations:
        if "cursor" in operation.parameters("query"):
            for key in CURSORS:
                cursor = base64.urlsafe_b64encode(json.dumps(key).encode()).decode()
                await attacker.send(operation, attacker.path(operation), params={"cursor": cursor})
    assert not attacker.findings()


async def test_a_body_that_is_no_honest_json_is_refused(attacker: Attacker) -> None:
    for operation, _ in writes(attacker):
        for name, body in BODIES.items():
            options = {"content": body, "headers": {"content-type": "application/json"}}
            must_fail = name != "null" or operation.described["requestBody"].get("required", False)
            await attacker.send(operation, attacker.path(operation), must_fail=must_fail, **options)
    assert not attacker.findings()


async def test_a_body_of_another_media_type_is_refused(attacker: Attacker) -> None:
    for operation, schema in writes(attacker):
        content = json.dumps(attacker.samples.value(schema)).encode()
        for media_type in MEDIA_TYPES:
            headers = {} if media_type is None else {"content-type": media_type.encode("latin-1")}
            await attacker.send(operation, attacker.path(operation), content=content, headers=headers, must_fail=True)
    assert not attacker.findings()


async def test_what_was_kept_can_still_be_read(attacker: Attacker) -> None:
    for operation in attacker.operations:
        if operation.method == "GET" and not operation.parameters("path"):
            needed = {p["name"] for p in operation.described.get("parameters", ()) if p.get("required")}
            query = {name: attacker.samples.value({"type": "integer"}, name) for name in needed}
            query |= {"topic": attacker.samples.known["body.topic"][0]} if "topic" in needed else {}
            await attacker.send(operation, attacker.path(operation), params=query)
    assert not attacker.findings()
