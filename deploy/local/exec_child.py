"""Become another program, as another account, that ends when its parent ends.

Run as `python -I -S exec_child.py PARENT_PID DEATH_SIGNAL UID:GID|- PROGRAM ARGS…`. A step of its own and
no pre-exec hook, because a hook in a process with threads (a test run, a broker client) can deadlock after the fork.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent(parent_pid: int, death_signal: int) -> None:
    """Ask the kernel for `death_signal` when the parent goes; leave at once if it went before we could ask."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent_pid:
        os._exit(1)


def become(account: str) -> None:
    """Drop to `uid:gid`; to be done before asking for the death signal, which the kernel forgets with the user."""
    if account == "-":
        return
    uid, gid = (int(part) for part in account.split(":"))
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def main(arguments: list[str]) -> None:
    """Open the program before dropping the account, so that a program below a private folder can still be started."""
    parent_pid, death_signal, account, program, *rest = arguments
    opened = os.open(program, os.O_RDONLY | os.O_CLOEXEC)
    become(account)
    die_with_parent(int(parent_pid), int(death_signal))
    os.execve(opened, [program, *rest], dict(os.environ))


if __name__ == "__main__":
    main(sys.argv[1:])
