"""The published contract: every promised path is there, documented, and the committed text is the served one."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from shared.testing.tokens import TestIssuer
from tests.contracts.applications import SERVICES, application
from tests.databases import ServiceDatabase

FOLDER = Path(__file__).parent / "openapi"

PROMISED = {
    "enterprise": [
        "/v1/enterprises",
        "/v1/enterprises/{uscc}",
        "/v1/enterprises/{uscc}/figures/{year}",
        "/v1/enterprises/{uscc}/recognitions",
        "/v1/enterprises/{uscc}/timeline",
        "/v1/enterprises/{uscc}/blocks",
        "/v1/enterprises/{uscc}/scale",
        "/v1/recognitions/{id}/revocation",
        "/v1/imports",
        "/v1/imports/{id}",
        "/v1/imports/{id}/errors.xlsx",
        "/v1/ladders",
    ],
    "pipeline": [
        "/v1/boards",
        "/v1/candidates",
        "/v1/enterprises/{uscc}/readiness",
        "/v1/memberships",
        "/v1/memberships/{id}/exit",
        "/v1/specialists",
        "/v1/assignments",
        "/v1/assignments/{id}/visits",
        "/v1/assignments/{id}/handover",
    ],
    "awards": [
        "/v1/policies",
        "/v1/provisions",
        "/v1/evaluations",
        "/v1/awards",
        *(
            f"/v1/awards/{{id}}/{step}"
            for step in ("science-review", "finance-review", "government-consent", "return", "reject", "decide-amount")
        ),
    ],
    "notifications": [
        "/v1/duties",
        "/v1/notices",
        "/v1/templates",
        "/v1/recipients",
        "/v1/calendar.ics",
        "/v1/runs",
    ],
}


@pytest.fixture(scope="module", params=SERVICES)
async def served(
    request: pytest.FixtureRequest, make_database: Callable[[str], ServiceDatabase], issuer: TestIssuer
) -> AsyncIterator[tuple[str, FastAPI]]:
    async with application(request.param, make_database(request.param), issuer) as app:
        yield request.param, app


def _operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, op) for path, methods in document["paths"].items() for method, op in methods.items()]


async def test_every_promised_path_is_served(served: tuple[str, FastAPI]) -> None:
    service, app = served
    paths = {_anonymous(path) for path in app.openapi()["paths"]}
    assert {_anonymous(path) for path in PROMISED[service]} <= paths


def _anonymous(path: str) -> str:
    """Drop the names of path parameters: they are no part of the promise."""
    return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))


async def test_every_operation_is_described(served: tuple[str, FastAPI]) -> None:
    _, app = served
    assert not [f"{method} {path}" for path, method, op in _operations(app.openapi()) if not op.get("description")]


async def test_the_committed_text_is_the_served_one(served: tuple[str, FastAPI]) -> None:
    service, app = served
    committed = json.loads((FOLDER / f"{service}.json").read_text(encoding="utf-8"))
    assert app.openapi() == committed
