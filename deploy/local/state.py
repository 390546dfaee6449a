"""What other terminals may know of the running stack: who holds the data directory, and what it last said of itself."""

import fcntl
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

from deploy.local.credentials import write_private

LOCK_NAME = "supervisor.lock"


@dataclass
class State:
    """The supervisor's account of itself."""

    pid: int
    phase: str = "starting"
    processes: dict[str, int | None] = field(default_factory=dict)
    restarts: dict[str, int] = field(default_factory=dict)

    def write(self, data_dir: Path) -> None:
        """Publish it."""
        write_private(data_dir / "state.json", json.dumps(asdict(self), ensure_ascii=False, indent=2))


def read_state(data_dir: Path) -> State | None:
    """The last published account, also of a supervisor that is gone."""
    try:
        return State(**json.loads((data_dir / "state.json").read_text("utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


class DataDirLock:
    """Held by the one supervisor of a data directory; the kernel gives it back however that process ends."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / LOCK_NAME
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        """Whether it is ours now; the file then names this process."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Give it back."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def running_supervisor(data_dir: Path) -> int | None:
    """The process that holds the data directory; seen by its open lock file, so that looking never takes the lock."""
    lock = data_dir / LOCK_NAME
    try:
        pid = int(lock.read_text())
        opened = {os.readlink(entry) for entry in Path(f"/proc/{pid}/fd").iterdir()}
    except (OSError, ValueError):
        return None
    return pid if str(lock.resolve()) in opened else None
