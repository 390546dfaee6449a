"""Runs schemathesis' own command line against a service that answers on a loopback port."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Iterable, Set
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from deploy.local.ports import free_port
from shared.auth.verifier import TokenVerifier
from shared.kernel.roles import BUREAU_ROLES, Role
from shared.testing.tokens import AUDIENCE, ISSUER, TestIssuer
from tests.contracts.applications import edge_routes

ROOT = Path(__file__).resolve().parents[2]
HOOKS = "tests.contracts.schemathesis_hooks"
LIFETIME_SECONDS = 86_400
OFFICE, RIVAL, OPERATOR = "office", "rival", "operator"
"""Staff of two bureaus, who must not see each other's rows, and whoever runs the system."""

BUSINESS_REFUSALS = ["2xx", "401", "403", "404", "409", "412", "422", "428"]
"""What well-formed data may meet: rules and other people's work. Which 422 is a rule's, the hooks tell apart."""

REJECTIONS = ["400", "401", "403", "404", "405", "409", "412", "413", "415", "422", "428"]
"""How malformed data may be refused; unlike schemathesis by default, never by a 5xx."""


@dataclass(frozen=True)
class Findings:
    """What a run found: `failures` names each kind of failure and where; `case_count` counts the requests made up."""

    case_count: int
    failures: list[str]
    output: str


def long_verifier(issuer: TestIssuer) -> TokenVerifier:
    """Return a verifier that takes tokens made for a whole run."""
    return TokenVerifier(issuer, issuer=ISSUER, audience=AUDIENCE, max_age_seconds=LIFETIME_SECONDS)


@asynccontextmanager
async def serving(app: FastAPI) -> AsyncIterator[str]:
    """Serve the application on a free loopback port; gives its address."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, access_log=False))
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await running


def split_by_audience(app: FastAPI) -> tuple[list[str], list[str]]:
    """Return the paths that a bureau's staff may call, and those that only whoever runs the system may."""
    routes = [route for route in edge_routes(app) if not route.access.is_public]
    closed = {route.path for route in routes if not route.access.roles & BUREAU_ROLES}
    return sorted({route.path for route in routes} - closed), sorted(closed)


class Fuzzer:
    """One service under schemathesis: who signs in, which identifiers lead to rows, and how a run is judged."""

    def __init__(self, address: str, folder: Path, known: dict[str, list[str]], issuer: TestIssuer) -> None:
        self._address = address
        self._folder = folder
        self._known = {**known, "If-Match": ["*", "*", "*", '"1"']}
        self._issuer = issuer

    async def run(self, user: str, paths: Iterable[str], *options: str) -> Findings:
        """Run every check on these paths, signed in as `user`."""
        self._write("auth.json", json.dumps({"auth": self._identities()}))
        self._write("schemathesis.toml", self._configuration(user))
        report = self._folder / f"{user}.json"
        command = ["--config-file", "schemathesis.toml", "--no-color", "run", f"{self._address}/openapi.json"]
        command += ["--checks", "all", "--continue-on-failure", "--generation-database", "none"]
        command += ["--report-json-path", str(report), *options]
        command += [f"--include-path={path}" for path in paths]
        output = await self._execute(command)
        if not report.exists():
            return Findings(0, ["schemathesis itself failed"], output)
        told = json.loads(report.read_text(encoding="utf-8"))
        failures = [f"{failure['title']}: {', '.join(failure['operations'])}" for failure in told["failures"]]
        errors = [str(error) for error in told["errors"]]
        return Findings(told["test_cases"]["generated"], failures + errors, output)

    async def _execute(self, arguments: list[str]) -> str:
        environment = {
            **os.environ,
            "SCHEMATHESIS_HOOKS": HOOKS,
            "PYTHONPATH": str(ROOT),
            "TIDU_KNOWN_USCCS": " ".join(self._known["uscc"]),
        }
        process = await asyncio.create_subprocess_exec(
            str(Path(sys.executable).with_name("st")),
            *arguments,
            cwd=self._folder,
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        return (await process.communicate())[0].decode()

    def _write(self, name: str, text: str) -> None:
        (self._folder / name).write_text(text, encoding="utf-8")

    def _identities(self) -> list[dict[str, Any]]:
        people = [
            (OFFICE, self._token(OFFICE, BUREAU_ROLES, ["530400"])),
            (RIVAL, self._token(RIVAL, BUREAU_ROLES, ["530900"])),
            (OPERATOR, self._token(OPERATOR, {Role.ADMINISTRATOR, Role.SERVICE}, [])),
        ]
        return [
            {"name": name, "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {token}"}]}
            for name, token in people
        ]

    def _token(self, name: str, roles: Set[Role], regions: list[str]) -> str:
        now = int(time.time())
        claims = {"sub": name, "person_id": name, "name": name, "roles": sorted(roles), "regions": regions}
        return self._issuer.sign({**claims, "iat": now, "exp": now + LIFETIME_SECONDS})

    def _configuration(self, user: str) -> str:
        """Return schemathesis.toml: known values are tried often, so that requests reach real rows."""
        lines = [
            f"[auth.wfc]\npath = 'auth.json'\nuser = '{user}'\npeers = ['{OFFICE}', '{RIVAL}']",
            f"[checks.positive_data_acceptance]\nexpected-statuses = {BUSINESS_REFUSALS}",
            f"[checks.negative_data_rejection]\nexpected-statuses = {REJECTIONS}",
            f"[checks.missing_required_header]\nexpected-statuses = {REJECTIONS}",
        ]
        for name, values in self._known.items():
            lines.append(f'[dictionaries."{name}"]\nvalues = {json.dumps(values, ensure_ascii=False)}')
        lines += ["[parameters]", *(f'"{name}" = {{dictionary = "{name}", probability = 0.7}}' for name in self._known)]
        return "\n".join(lines)
