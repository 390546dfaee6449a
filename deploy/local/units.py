"""What the supervisor watches: forked processes and servers, with the pause before each restart."""

import os
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from deploy.local.errors import LaunchError
from deploy.local.forks import fork, rotate

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 15.0
STEADY_SECONDS = 20.0  # after this long alive, the next death is a new story and the pause starts small again
FROZEN_SECONDS = 15.0
SETTLED_SECONDS = 3.0


class Unit(Protocol):
    """Anything that can be started, looked at and ended."""

    @property
    def pid(self) -> int | None:
        """Its process id, once started."""

    @property
    def exit_code(self) -> int | None:
        """How it ended, as subprocess tells it: negative for a signal; None while it runs."""

    def start(self) -> None:
        """Start it; servers return when they answer."""

    def is_alive(self) -> bool:
        """Whether its process runs."""

    def stop(self) -> None:
        """End it in order."""

    def kill(self) -> None:
        """End it at once."""


class ForkedProcess:
    """A service process forked from the warm supervisor."""

    def __init__(self, title: str, target: Callable[[], object], *, environment: Mapping[str, str], log: Path) -> None:
        self.title = title
        self.pid: int | None = None
        self.exit_code: int | None = None
        self._target = target
        self._environment = environment
        self._log = log

    def start(self) -> None:
        """Fork; whether it became ready is asked over HTTP, by the supervisor."""
        rotate(self._log)
        self.exit_code = None
        self.pid = fork(self.title, self._target, environment=self._environment, log=self._log)

    def is_alive(self) -> bool:
        """Whether it runs; a dead one is collected."""
        if self.pid is None or self.exit_code is not None:
            return False
        collected, status = os.waitpid(self.pid, os.WNOHANG)
        if collected:
            self.exit_code = os.waitstatus_to_exitcode(status)
        return not collected

    def stop(self) -> None:
        """Ask it to end; `wait` tells when it has."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """End it and collect it."""
        self._send(signal.SIGKILL)
        self.wait(time.monotonic() + STEADY_SECONDS)

    def wait(self, deadline: float) -> bool:
        """Whether it ended before the deadline."""
        while self.is_alive():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    def _send(self, number: signal.Signals) -> None:
        if self.pid is not None and self.is_alive():
            os.kill(self.pid, number)


class Watched:
    """A unit with a name, restarted when it dies: soon at first, then after ever longer pauses."""

    def __init__(self, name: str, unit: Unit, say: Callable[[str], None]) -> None:
        self.name = name
        self.unit = unit
        self.restarts = 0
        self._say = say
        self._started_at = 0.0
        self._pause = FIRST_PAUSE_SECONDS
        self._restart_at: float | None = None
        self._frozen_since: float | None = None

    def start(self) -> None:
        """Start it for the first time."""
        self.unit.start()
        self._started_at = time.monotonic()

    def alive_seconds(self, now: float) -> float:
        """How long it has been running; 0 while it is not."""
        return now - self._started_at if self.unit.is_alive() else 0.0

    def is_settled(self, now: float) -> bool:
        """Whether it runs, and not merely between two deaths."""
        return self.unit.is_alive() and (self.restarts == 0 or self.alive_seconds(now) > SETTLED_SECONDS)

    def tend(self, now: float) -> None:
        """Notice a death, restart when the pause is over."""
        if self.unit.is_alive():
            self._end_frozen(now)
        elif self._restart_at is None:
            self._plan_restart(now)
        elif now >= self._restart_at:
            self._restart(now)

    def _plan_restart(self, now: float) -> None:
        if now - self._started_at > STEADY_SECONDS:
            self._pause = FIRST_PAUSE_SECONDS
        self._restart_at = now + self._pause
        how = ending_text(self.unit.exit_code)
        self._say(f"{self.name} (进程 {self.unit.pid}) 意外结束 ({how}), {self._pause:.1f} 秒后重新启动")
        self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)

    def _restart(self, now: float) -> None:
        self._restart_at = None
        self.restarts += 1
        self._started_at = now
        try:
            self.unit.start()
        except LaunchError as error:
            self._say(f"{self.name} 没能重新启动: {error}")
            return
        self._say(f"{self.name} 已重新启动 (进程 {self.unit.pid}, 第 {self.restarts} 次)")

    def _end_frozen(self, now: float) -> None:
        """A process stopped by a signal holds its locks and answers nobody; it counts as dead after a while."""
        if not is_frozen(self.unit.pid):
            self._frozen_since = None
        elif self._frozen_since is None:
            self._frozen_since = now
        elif now - self._frozen_since > FROZEN_SECONDS:
            self._say(f"{self.name} (进程 {self.unit.pid}) 被暂停超过 {FROZEN_SECONDS:.0f} 秒, 强行结束")
            self._frozen_since = None
            self.unit.kill()


def ending_text(exit_code: int | None) -> str:
    """How a process ended, for people."""
    if exit_code is None:
        return "没有启动成功"
    return f"退出码 {exit_code}" if exit_code >= 0 else f"信号 {signal.Signals(-exit_code).name}"


def is_frozen(pid: int | None) -> bool:
    """Whether the process is stopped by a signal (state T in /proc)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "T"
    except OSError:
        return False
