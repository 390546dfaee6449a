"""News takes a moment: waiting for something that is bound to become true, with an end."""

import time
from collections.abc import Callable

from deploy.demo.stack import Refused

_LOOK_SECONDS = 0.5
_NOT_FOUND = 404


class NewsNeverCame(Exception):
    """What was waited for did not happen in time."""


def wait_until(what: str, condition: Callable[[], bool], *, seconds: float = 90) -> None:
    """Look again and again until the condition holds; a record that is not there yet counts as not yet."""
    deadline = time.monotonic() + seconds
    while not _holds(condition):
        if time.monotonic() > deadline:
            raise NewsNeverCame(f"等了 {seconds:.0f} 秒，{what}还没有到")
        time.sleep(_LOOK_SECONDS)


def _holds(condition: Callable[[], bool]) -> bool:
    try:
        return condition()
    except Refused as refusal:
        if refusal.status != _NOT_FOUND:
            raise
        return False
