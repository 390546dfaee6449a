"""The whole stack as a user starts it, on ports and data of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg

from deploy.local.config import ROOT, StackConfig, port_variable, read_config
from deploy.local.credentials import load_or_create
from deploy.local.environments import database_url
from deploy.local.ports import free_port
from deploy.local.roster import SERVER_PORTS, SERVICES

READY_SECONDS = 180
PASSWORD = "demo"


class Stack:
    """A running stack: its addresses, its users, its processes, its databases."""

    def __init__(self, process: subprocess.Popen[bytes], environment: dict[str, str]) -> None:
        self.process = process
        self.environment = environment
        self.config: StackConfig = read_config(environment)
        self._tokens: dict[str, str] = {}

    def pid(self, name: str) -> int | None:
        """Return the process id of a part, as the supervisor last published it."""
        pid: int | None = self.state()["processes"].get(name)
        return pid

    def state(self) -> dict[str, Any]:
        """Return the supervisor's account of itself."""
        account: dict[str, Any] = json.loads((self.config.data_dir / "state.json").read_text("utf-8"))
        return account

    def kill(self, name: str) -> None:
        """End a part as by kill -9, and wait until the supervisor has replaced it."""
        old = self.pid(name)
        assert old, f"{name} is not running: {self.state()}"
        os.kill(old, signal.SIGKILL)
        wait_until(lambda: self.pid(name) not in (None, old), f"{name} replaced")

    def client(self, service: str, user: str = "admin") -> httpx.Client:
        """Return a client of a service, signed in as a demo user."""
        if user not in self._tokens:
            form = {"username": user, "password": PASSWORD}
            answer = httpx.post(f"{self.config.address('console')}/auth/token", data=form, timeout=30)
            self._tokens[user] = answer.raise_for_status().json()["access_token"]
        headers = {"Authorization": f"Bearer {self._tokens[user]}"}
        transport = httpx.HTTPTransport(retries=3)
        return httpx.Client(base_url=self.config.address(service), headers=headers, timeout=30, transport=transport)

    def query(self, service: str, statement: str) -> list[tuple[Any, ...]]:
        """Ask a service's database as its worker, who sees all rows."""
        names = [s.name for s in SERVICES]
        credentials = load_or_create(self.config.data_dir, names, self.config.databases)
        with psycopg.connect(database_url(self.config, credentials, service, "worker")) as connection:
            return connection.execute(statement).fetchall()


@contextmanager
def running_stack(folder: Path, **extra: str) -> Iterator[Stack]:
    """Start the stack over a data folder, wait until it is ready, and stop it as Ctrl-C does."""
    ports = {port_variable(name): str(free_port()) for name in (*SERVER_PORTS, *(s.name for s in SERVICES))}
    environment = {**os.environ, **ports, "TIDU_DATA_DIR": str(folder), **extra}
    log = (folder.parent / f"{folder.name}.out").open("wb")
    command = [sys.executable, "-m", "deploy.local", "run"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    stack = Stack(process, environment)
    try:
        wait_until(lambda: _is_ready(stack), "stack ready", seconds=READY_SECONDS)
        yield stack
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
        log.close()


def _is_ready(stack: Stack) -> bool:
    if stack.process.poll() is not None:
        raise AssertionError(f"the stack ended: {Path(str(stack.config.data_dir) + '.out').read_text('utf-8')}")
    try:
        return bool(stack.state()["phase"] == "ready")
    except (FileNotFoundError, ValueError):
        return False


def wait_until(condition: Callable[[], bool], what: str, *, seconds: float = 90) -> None:
    """Wait for a condition; connection troubles while parts restart count as not yet."""
    deadline = time.monotonic() + seconds
    last: Exception | None = None
    while time.monotonic() < deadline:
        try:
            if condition():
                return
        except (httpx.TransportError, psycopg.OperationalError, httpx.HTTPStatusError) as error:
            last = error
        time.sleep(0.2)
    raise AssertionError(f"not within {seconds} s: {what} ({last})")
