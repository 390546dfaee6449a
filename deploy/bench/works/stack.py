"""The whole stack: warm start beside the same processes started one by one, memory, and idle processor time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from deploy.bench.figures import Figure, at_most, interleave
from deploy.bench.processes import READY_SECONDS, cpu_seconds, is_python, pss_mb, rss_mb, run_module, tree
from deploy.bench.sizes import Size
from deploy.bench.stand import make_config
from deploy.local.broker import EmbeddedBroker
from deploy.local.config import ROOT, StackConfig, port_variable
from deploy.local.credentials import load_or_create
from deploy.local.environments import environment_for
from deploy.local.postgres import EmbeddedPostgres
from deploy.local.roster import SERVICES
from deploy.local.stack import parts_of
from deploy.local.state import read_state
from deploy.local.supervisor import answers_ready

COLD_SECONDS = 300.0
STOP_SECONDS = 60.0


class Layout:
    """One way of running everything, with what was seen of it while it ran."""

    def __init__(self, run: Callable[[], Iterator[list[int]]]) -> None:
        self._running = contextmanager(run)
        self.python_mb: list[float] = []
        self.whole_pss_mb: list[float] = []
        self.whole_rss_mb: list[float] = []
        self.idle_cores: list[float] = []

    def start(self, size: Size | None = None) -> float:
        """Start, look for as long as `size` says, and stop again; returns the seconds until everything was ready."""
        began = time.monotonic()
        with self._running() as roots:
            took = time.monotonic() - began
            if size:
                self._look(roots, size)
        return took

    def _look(self, roots: list[int], size: Size) -> None:
        time.sleep(size.settling_seconds)
        processes = tree(*roots)
        before = cpu_seconds(processes)
        time.sleep(size.idle_seconds)
        self.idle_cores.append((cpu_seconds(processes) - before) / size.idle_seconds)
        self.python_mb.append(pss_mb(pid for pid in processes if is_python(pid)))
        self.whole_pss_mb.append(pss_mb(processes))
        self.whole_rss_mb.append(rss_mb(processes))


def measure(size: Size) -> list[Figure]:
    """Start once cold, then warm in turn with the bare way."""
    with tempfile.TemporaryDirectory(prefix="tidu-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        config = make_config(Path(folder))
        together, apart = Layout(lambda: _supervised(config)), Layout(lambda: _one_by_one(config))
        cold = together.start()
        ways = {"together": together, "apart": apart}
        starts = {name: lambda layout=layout: layout.start(size) for name, layout in ways.items()}
        took = interleave(size.rounds, starts)
    count = sum(len(parts_of(service)) for service in SERVICES)
    bare = f"{count} separate processes"
    memory, whole = at_most(0.8, 1.0, of_value=False), {"sum of RSS, MB": max(together.whole_rss_mb)}
    faster, first = at_most(1.0, of_value=False), {"first start, s": cold}
    return [
        Figure("warm start to ready", "s", took["together"], bare, took["apart"], faster, first),
        Figure("Python memory (PSS)", "MB", together.python_mb, bare, apart.python_mb, memory),
        Figure("whole stack (PSS)", "MB", together.whole_pss_mb, bare, apart.whole_pss_mb, at_most(900), whole),
        Figure("idle processor time", "cores", together.idle_cores, bare, apart.idle_cores, at_most(0.15, 0.30)),
    ]


def _supervised(config: StackConfig) -> Iterator[list[int]]:
    """Run `deploy.local run` as `make run` does."""
    ports = {port_variable(name): str(port) for name, port in config.ports.items()}
    environment = {**os.environ, **ports, "TIDU_DATA_DIR": str(config.data_dir)}
    with (config.data_dir / "supervisor.out").open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.local", "run"], cwd=ROOT, env=environment, stdout=output, stderr=output
        )
    try:
        _wait(lambda: _is_ready(config, process), COLD_SECONDS)
        yield [process.pid]
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(STOP_SECONDS)


def _is_ready(config: StackConfig, process: subprocess.Popen[bytes]) -> bool:
    if process.poll() is not None:
        raise RuntimeError((config.data_dir / "supervisor.out").read_text("utf-8", "replace")[-2000:])
    state = read_state(config.data_dir)
    return state is not None and state.pid == process.pid and state.phase == "ready"


def _one_by_one(config: StackConfig) -> Iterator[list[int]]:
    """Run the same servers, and each service process by its own command."""
    credentials = load_or_create(config.data_dir, [service.name for service in SERVICES], config.databases)
    postgres = EmbeddedPostgres(config.data_dir / "postgres", config.ports["postgres"], credentials.postgres)
    broker = EmbeddedBroker(config.data_dir / "broker", config.ports["kafka"])
    with ExitStack() as stack:
        for server in (postgres, broker):
            stack.callback(server.stop)
            server.start()
        running = [
            run_module(
                f"services.{service.name}.{part}",
                environment=environment_for(service, config, credentials),
                logs=config.data_dir / "apart",
            )
            for service in SERVICES
            for part in parts_of(service)
        ]
        for process in running:
            stack.callback(process.stop)
        _wait(lambda: all(answers_ready(config.ports[service.name]) for service in SERVICES), READY_SECONDS)
        yield [pid for pid in (postgres.pid, broker.pid, *(process.pid for process in running)) if pid]


def _wait(is_done: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not is_done():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not ready after {seconds:.0f} s")
        time.sleep(0.02)
