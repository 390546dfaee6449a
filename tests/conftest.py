"""Fixtures of the whole suite: one backend a session, shared by xdist's workers; databases and tokens on request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from shared.testing.tokens import TestIssuer
from tests.backend import Backend, start_backend
from tests.databases import ServiceDatabase, fresh_database

_stack = ExitStack()


class BackendForWorkers:
    """The controller of a parallel run starts the servers once and tells its workers the addresses."""

    def __init__(self) -> None:
        self._backend: Backend | None = None

    def pytest_configure_node(self, node: Any) -> None:
        """Run in the controller before a worker starts."""
        if self._backend is None:
            self._backend = start_backend(_stack)
        node.workerinput["backend"] = self._backend.as_dict()


def pytest_configure(config: pytest.Config) -> None:
    """Prepare a parallel run."""
    if config.pluginmanager.hasplugin("dsession") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(BackendForWorkers())


def pytest_unconfigure() -> None:
    """Stop what this process started."""
    _stack.close()


@pytest.fixture(scope="session")
def backend(request: pytest.FixtureRequest) -> Backend:
    """The PostgreSQL and the broker of this session; started when the first test asks."""
    given = getattr(request.config, "workerinput", {}).get("backend")
    return Backend(**given) if given else start_backend(_stack)


@pytest.fixture(scope="module")
def make_database(backend: Backend) -> Iterator[Callable[[str], ServiceDatabase]]:
    """A function that gives a fresh database of a service for this test module."""
    with ExitStack() as stack:
        yield lambda service: stack.enter_context(fresh_database(backend.admin_url, service))


@pytest.fixture(scope="session")
def issuer() -> TestIssuer:
    """An issuer whose tokens the tests' services trust."""
    return TestIssuer()
