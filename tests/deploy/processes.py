"""Looking at processes and sockets from outside, as an administrator would."""

import time
from collections.abc import Callable
from pathlib import Path

LISTEN = "0A"
LOOPBACK_V4, LOOPBACK_V4_IN_V6 = "0100007F", "0000000000000000FFFF00000100007F"


def is_running(pid: int) -> bool:
    """Whether the process exists and is more than a dead entry waiting to be collected."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def eventually(condition: Callable[[], object], *, within_seconds: float = 30) -> bool:
    """Wait for something to become true; the limit only ends a hopeless wait."""
    deadline = time.monotonic() + within_seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def descendants(pid: int) -> set[int]:
    """All processes below one."""
    children_file = Path(f"/proc/{pid}/task/{pid}/children")
    children = {int(child) for child in children_file.read_text().split()} if children_file.exists() else set()
    return children | {below for child in children for below in descendants(child)}


def listens_on_loopback_only(port: int) -> bool:
    """Whether somebody listens on the port, and on 127.0.0.1 alone."""
    return bool(_listening(port)) and _listening(port) <= {LOOPBACK_V4, LOOPBACK_V4_IN_V6}


def _listening(port: int) -> set[str]:
    """The local addresses (as the kernel writes them, hexadecimal) that listen on a port."""
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            local, state = line.split()[1], line.split()[3]
            address, local_port = local.rsplit(":", 1)
            if state == LISTEN and int(local_port, 16) == port:
                found.add(address)
    return found
