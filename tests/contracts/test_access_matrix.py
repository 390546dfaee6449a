"""Who may do what: the reviewed table, the routes' declarations and the real answers all say the same."""

from __future__ import annotations

import csv
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from fastapi import FastAPI

from shared.kernel.roles import Role
from shared.testing.client import client_of
from shared.testing.tokens import TestIssuer
from tests.contracts.applications import SERVICES, application, edge_routes
from tests.databases import ServiceDatabase

TABLE = Path(__file__).parent / "access.csv"
"""Reviewed by people: one row a route, its roles separated by blanks, `public` where nobody signs in."""

PARAMETER = re.compile(r"\{[^}]+\}")
SAMPLES = {"uscc": "91110000600037341L", "year": "2025", "target": "hnte"}
ROLES = sorted(Role)


def declared(app: FastAPI, service: str) -> list[tuple[str, str, str, str]]:
    """Return the rows that the routes of an application declare."""
    rows = []
    for route in edge_routes(app):
        roles = "public" if route.access.is_public else " ".join(sorted(route.access.roles))
        rows += [(service, method, route.path, roles) for method in sorted(route.methods or ())]
    return sorted(rows)


def reviewed(service: str) -> list[tuple[str, str, str, str]]:
    """Return the rows of the reviewed table."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return sorted(tuple(row) for row in csv.reader(file) if row[0] == service)  # type: ignore[misc]


@pytest.fixture(scope="module", params=SERVICES)
async def served(
    request: pytest.FixtureRequest, make_database: Callable[[str], ServiceDatabase], issuer: TestIssuer
) -> AsyncIterator[tuple[str, FastAPI]]:
    async with application(request.param, make_database(request.param), issuer) as app:
        yield request.param, app


async def test_the_reviewed_table_is_what_the_routes_declare(served: tuple[str, FastAPI]) -> None:
    service, app = served
    assert declared(app, service) == reviewed(service)


async def test_every_cell_of_the_matrix_answers_as_declared(served: tuple[str, FastAPI], issuer: TestIssuer) -> None:
    service, app = served
    wrong = []
    async with client_of(app) as client:
        for _, method, path, roles in reviewed(service):
            url = PARAMETER.sub(lambda match: SAMPLES.get(match[0].strip("{}"), "0" * 8), path)
            for role in (None, *ROLES):
                headers = issuer.headers(role, park_code="P1") if role else {}
                answer = await client.request(method, url, headers=headers)
                refused = answer.status_code in (401, 403)
                allowed = roles == "public" or (role is not None and role in roles.split())
                if refused == allowed or answer.status_code >= 500:
                    wrong.append(f"{method} {path} {role}: {answer.status_code}")
    assert not wrong


async def test_a_committee_and_an_auditor_never_write(served: tuple[str, FastAPI]) -> None:
    service, _ = served
    writing = [row for row in reviewed(service) if row[1] in ("POST", "PUT", "PATCH", "DELETE")]
    readers = {"park_committee", "auditor"}
    assert not [row for row in writing if readers & set(row[3].split()) and not row[2].endswith("/evaluations")]
