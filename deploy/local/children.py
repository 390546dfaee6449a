"""Child programs that never outlive the process that started them.

The kernel watches the *thread* that started a child, so start children from a thread that lives as long as they should.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.local import exec_child
from deploy.local.accounts import Account

_EXEC_CHILD = str(Path(exec_child.__file__).resolve())
BARE_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC"}


def command_for(argv: Sequence[str], *, account: Account | None, death_signal: signal.Signals) -> list[str]:
    """The command line that turns into `argv` under `account`, tied to this process."""
    drop = f"{account.uid}:{account.gid}" if account else "-"
    return [sys.executable, "-I", "-S", _EXEC_CHILD, str(os.getpid()), str(int(death_signal)), drop, *argv]


class Child:
    """One running program: is it alive, ask it to end, or end it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    @classmethod
    def spawn(
        cls,
        argv: Sequence[str],
        *,
        log: Path,
        account: Account | None = None,
        death_signal: signal.Signals = signal.SIGKILL,
        environment: Mapping[str, str] | None = None,
    ) -> "Child":
        """Start `argv`, output appended to `log`, in its own session: a Ctrl-C at the terminal is ours to pass on."""
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            process = subprocess.Popen(
                command_for(argv, account=account, death_signal=death_signal),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                env=dict(environment or BARE_ENVIRONMENT),
                start_new_session=True,
            )
        return cls(process)

    @property
    def pid(self) -> int:
        """The process id; the same before and after the program is exchanged."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.poll()

    def stop(self, wanted: signal.Signals, *, grace_seconds: float) -> None:
        """Ask it to end, and end it when it does not within the grace."""
        if self.exit_code is None:
            self._process.send_signal(wanted)
            try:
                self._process.wait(grace_seconds)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """End it now, as a crash would."""
        self._process.kill()
        self._process.wait()


def log_tail(log: Path, *, lines: int = 12) -> str:
    """The end of a log, for an error message."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text("utf-8", "replace").splitlines()[-lines:])
