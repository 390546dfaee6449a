"""Ports of this machine: a free one, and who holds a taken one."""

import os
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path

LOOPBACK = "127.0.0.1"
_LISTEN = "0A"
_LOWEST, _SPREAD = 20_000, 12_000


def free_port() -> int:
    """A port nobody listens on, below those the kernel gives to outgoing connections, which could be quicker."""
    while is_taken(port := _LOWEST + secrets.randbelow(_SPREAD)):
        pass
    return port


def is_taken(port: int) -> bool:
    """Whether a server could not listen on the port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            probe.listen(1)
        except OSError:
            return True
    return False


@dataclass(frozen=True)
class Holder:
    """The process that listens on a port."""

    pid: int
    command: str


def holder_of(port: int) -> Holder | None:
    """Who listens on the port; None when it is another account's process, which the kernel does not show us."""
    inodes = _listening_inodes(port)
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and _holds_any(process, inodes):
            return Holder(int(process.name), _command_of(process))
    return None


def _listening_inodes(port: int) -> set[str]:
    """Socket inodes listening on the port; /proc/net/tcp writes the port in hexadecimal after the address."""
    inodes: set[str] = set()
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        if not table.exists():
            continue
        for line in table.read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == _LISTEN and int(fields[1].rsplit(":", 1)[1], 16) == port:
                inodes.add(fields[9])
    return inodes


def _holds_any(process: Path, inodes: set[str]) -> bool:
    wanted = {f"socket:[{inode}]" for inode in inodes}
    try:
        return any(os.readlink(entry) in wanted for entry in (process / "fd").iterdir())
    except OSError:  # gone meanwhile, or not ours to look into
        return False


def _command_of(process: Path) -> str:
    words = (process / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
    return " ".join(words).strip()[:120]
