"""Every check of schemathesis on every operation of the four services, by its own command line.

The suite runs a few examples with a fixed seed. Before a release run many, with another seed each time:

    TIDU_FUZZ_EXAMPLES=200 TIDU_FUZZ_SEED=$RANDOM .venv/bin/pytest --timeout=0 tests/contracts/test_schemathesis.py

It runs as a program of its own: inside pytest, CPython 3.11.7 may die over a failing example (gh-106905).
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from shared.db.engine import Database
from shared.kernel.clock import FixedClock
from shared.testing.tokens import TestIssuer
from shared.web.edge import Edge
from tests.contracts.applications import SERVICES, TODAY, build
from tests.contracts.fuzzing import OFFICE, OPERATOR, Findings, Fuzzer, long_verifier, serving, split_by_audience
from tests.contracts.seeds import seed
from tests.databases import ServiceDatabase

EXAMPLES = int(os.environ.get("TIDU_FUZZ_EXAMPLES", "2"))
SEED = os.environ.get("TIDU_FUZZ_SEED", "20261121")
LEAST_CASES = {OFFICE: 500, OPERATOR: 20}
SAME_EVERYWHERE = "/internal/"
"""One router, mounted by all services: few examples on one service tell of all."""

pytestmark = pytest.mark.timeout(600)


@dataclass(frozen=True)
class Target:
    """A service that answers, with rows in its database."""

    fuzzer: Fuzzer
    paths: dict[str, list[str]]

    def has_own_paths(self, user: str) -> bool:
        """Tell whether anything that is open to `user` is this service's own."""
        return any(not path.startswith(SAME_EVERYWHERE) for path in self.paths[user])

    async def run(self, user: str) -> Findings:
        """Fuzz what is open to `user`."""
        return await self.fuzzer.run(user, self.paths[user], "--max-examples", str(EXAMPLES), "--seed", SEED)


@pytest.fixture(scope="module", params=SERVICES)
async def target(
    request: pytest.FixtureRequest,
    make_database: Callable[[str], ServiceDatabase],
    issuer: TestIssuer,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Target]:
    database = make_database(request.param)
    reached = Database(database.app_url)
    app = build(request.param, Edge(database=reached, verifier=long_verifier(issuer), clock=FixedClock(TODAY)))
    known = await seed(request.param, app, database, issuer)
    folder: Path = tmp_path_factory.mktemp(request.param)
    for_office, for_operator = split_by_audience(app)
    async with serving(app) as address:
        fuzzer = Fuzzer(address, folder, known, issuer)
        yield Target(fuzzer, {OFFICE: ["/health/live", "/metrics", *for_office], OPERATOR: for_operator})
    await reached.dispose()


@pytest.mark.parametrize("user", [OFFICE, OPERATOR])
async def test_no_check_of_schemathesis_finds_anything(target: Target, user: str) -> None:
    if EXAMPLES < 10 and user == OPERATOR and not target.has_own_paths(user):
        pytest.skip("covered by another service's run")
    findings = await target.run(user)
    assert not findings.failures, findings.output
    assert findings.case_count >= LEAST_CASES[user]
