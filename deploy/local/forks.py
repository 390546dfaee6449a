"""Processes forked from the warm supervisor: they share its imported pages and end when it ends.

Forking is only safe while the supervisor has a single thread, which `fork` checks every time.
"""

import ctypes
import gc
import importlib
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from deploy.local.exec_child import die_with_parent

ROTATE_BYTES = 5_000_000
_HIGHEST_DESCRIPTOR = 1024
_ARG_START, _ARG_END = 45, 46  # fields 48 and 49 of proc(5) stat, counted from the state after the name
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def preload(modules: Iterable[str]) -> None:
    """Import what every service needs and keep the collector from touching (and so copying) those pages later."""
    for module in modules:
        importlib.import_module(module)
    gc.collect()
    gc.freeze()


def fork(title: str, target: Callable[[], object], *, environment: Mapping[str, str], log: Path) -> int:
    """Run `target` in a process of its own and return its id; its output goes to `log`."""
    if len(os.listdir("/proc/self/task")) != 1:
        raise RuntimeError("the supervisor has threads; a fork could deadlock")
    parent_pid = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    pid = os.fork()
    if pid == 0:
        _be_child(parent_pid, title, target, environment, log)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    return pid


def _be_child(
    parent_pid: int, title: str, target: Callable[[], object], environment: Mapping[str, str], log: Path
) -> None:
    """Never returns: whatever happens in the child must not run on in the supervisor's code."""
    code = 1
    try:
        die_with_parent(parent_pid, signal.SIGKILL)
        _leave_parent_behind(title, environment, log)
        target()
        code = 0
    except SystemExit as ending:
        code = _exit_code(ending)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _leave_parent_behind(title: str, environment: Mapping[str, str], log: Path) -> None:
    """Own session, output, settings and default signals; none of the supervisor's open files, its lock above all."""
    os.setsid()
    os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.closerange(3, _HIGHEST_DESCRIPTOR)
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    os.environ.clear()
    os.environ.update(environment)
    rename_process(title)


def _exit_code(ending: SystemExit) -> int:
    if ending.code is None:
        return 0
    if isinstance(ending.code, int):
        return ending.code
    print(ending.code, file=sys.stderr)
    return 1


def rename_process(title: str) -> None:
    """Show `title` in ps instead of the supervisor's command line, by writing over the argument area."""
    fields = Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()
    start, end = int(fields[_ARG_START]), int(fields[_ARG_END])
    room = end - start
    if start and room > 1:
        ctypes.memmove(start, title.encode()[: room - 1].ljust(room, b"\0"), room)


def rotate(log: Path) -> None:
    """Put a grown log aside; one earlier part is kept."""
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > ROTATE_BYTES:
        log.replace(log.with_suffix(".log.1"))
