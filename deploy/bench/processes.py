"""Processes of the benchmarks: started as services really run, ended with us, looked at through /proc."""

from __future__ import annotations

import http.client
import os
import signal
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from deploy.local.children import BARE_ENVIRONMENT, Child, log_tail
from deploy.local.config import ROOT
from deploy.local.errors import LaunchError
from deploy.local.ports import LOOPBACK

READY_SECONDS = 60.0
STOP_SECONDS = 8.0
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Running:
    """A Python module running in a process of its own; `port` is where it listens, if it does."""

    name: str
    child: Child
    log: Path
    port: int

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.child.pid

    def wait_until_answering(self, path: str = "/health/ready") -> None:
        """Return when it answers `path` with 200."""
        deadline = time.monotonic() + READY_SECONDS
        while not answers(self.port, path):
            if self.child.exit_code is not None or time.monotonic() > deadline:
                raise LaunchError(f"{self.name} did not come up:\n{log_tail(self.log, lines=30)}")
            time.sleep(0.02)

    def stop(self) -> None:
        """End it in order."""
        self.child.stop(signal.SIGTERM, grace_seconds=STOP_SECONDS)


def run_module(module: str, *arguments: str, environment: Mapping[str, str], logs: Path, port: int = 0) -> Running:
    """Start `python -m module arguments`; returns at once."""
    name = "-".join((module, *arguments))
    log = logs / f"{name.replace('/', '_')}.log"
    complete = {**BARE_ENVIRONMENT, "PYTHONPATH": str(ROOT), **environment}
    child = Child.spawn([sys.executable, "-m", module, *arguments], log=log, environment=complete)
    return Running(name, child, log, port)


def answers(port: int, path: str) -> bool:
    """Whether a GET of `path` gives 200."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=3)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def tree(*roots: int) -> list[int]:
    """Return the processes and everything below them."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                children.setdefault(parent, []).append(int(entry.name))
    found, waiting = [], list(roots)
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += children.get(pid, [])
    return found


def cpu_seconds(pids: Iterable[int]) -> float:
    """Return the processor time the processes have used, with that of children they have waited for."""
    total = 0
    for pid in pids:
        with suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            total += sum(map(int, fields[11:15]))
    return total / _TICKS


def pss_mb(pids: Iterable[int]) -> float:
    """Return the memory of the processes together, shared pages counted once (PSS)."""
    return sum(_kilobytes(Path(f"/proc/{pid}/smaps_rollup"), "Pss:") for pid in pids) / 1024


def rss_mb(pids: Iterable[int]) -> float:
    """Return the sum of the processes' resident memory, shared pages counted again for each."""
    return sum(_kilobytes(Path(f"/proc/{pid}/status"), "VmRSS:") for pid in pids) / 1024


def peak_mb(pid: int) -> float:
    """Return the most a process ever held."""
    return _kilobytes(Path(f"/proc/{pid}/status"), "VmHWM:") / 1024


def forget_peak(pid: int) -> None:
    """Let the peak begin again from what is held now."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def is_python(pid: int) -> bool:
    """Whether the process runs the interpreter, under whatever title."""
    with suppress(OSError):
        return "python" in os.readlink(f"/proc/{pid}/exe")
    return False


def _kilobytes(path: Path, name: str) -> int:
    with suppress(OSError, StopIteration):
        line = next(line for line in path.read_text().splitlines() if line.startswith(name))
        return int(line.split()[1])
    return 0
