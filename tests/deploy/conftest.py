"""Folders and servers of the deployment tests; each test may kill what it gets."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.local.broker import EmbeddedBroker
from deploy.local.ports import free_port
from deploy.local.postgres import EmbeddedPostgres


@contextmanager
def folder_for_all() -> Iterator[Path]:
    """A folder every account may enter; pytest's own tmp_path is private and would send a root's database elsewhere."""
    folder = Path(tempfile.mkdtemp(prefix="tidu-deploy-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder for one test."""
    with folder_for_all() as folder:
        yield folder


@pytest.fixture(scope="module")
def shared_postgres() -> Iterator[EmbeddedPostgres]:
    """A running server for the tests that leave it as it is."""
    with folder_for_all() as folder:
        server = EmbeddedPostgres(folder / "postgres", free_port(), "correct horse", settings={"fsync": "off"})
        server.start()
        yield server
        server.stop()


@pytest.fixture
def postgres(home: Path) -> Iterator[EmbeddedPostgres]:
    """A running server of its own."""
    server = EmbeddedPostgres(home / "postgres", free_port(), "correct horse", settings={"fsync": "off"})
    server.start()
    yield server
    server.stop()


@pytest.fixture
def broker(home: Path) -> Iterator[EmbeddedBroker]:
    """A running broker of its own."""
    server = EmbeddedBroker(home / "broker", free_port())
    server.start()
    yield server
    server.stop()
