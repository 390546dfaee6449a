"""How often somebody may fail to sign in, per account and address, before everything from there is refused a while."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass


@dataclass(frozen=True)
class AttemptLimits:
    """Failures allowed within the window: of one account from one address, of one account, of one address."""

    window_seconds: int = 300
    per_account_and_address: int = 10
    per_account: int = 50
    per_address: int = 100


class AttemptGate:
    """Remembers failures in memory, by whole seconds. A closed gate refuses right and wrong passwords alike."""

    def __init__(self, limits: AttemptLimits | None = None, *, max_keys: int = 20_000) -> None:
        self._limits = limits or AttemptLimits()
        self._max_keys = max_keys
        self._failures: OrderedDict[tuple[str, str], deque[int]] = OrderedDict()

    def seconds_until_open(self, account: str, address: str, now: int) -> int:
        """Return how long to wait before the next attempt; 0 where one may be made."""
        waits = [self._wait(key, limit, now) for key, limit in self._keys(account, address)]
        return max(waits)

    def record_failure(self, account: str, address: str, now: int) -> None:
        """Remember that somebody failed."""
        for key, limit in self._keys(account, address):
            failures = self._failures.setdefault(key, deque(maxlen=limit))
            failures.append(now)
            self._failures.move_to_end(key)
        while len(self._failures) > self._max_keys:
            self._failures.popitem(last=False)

    def forget(self, account: str, address: str) -> None:
        """Start anew after the right password: only for this account from this address."""
        self._failures.pop((account, address), None)

    def _keys(self, account: str, address: str) -> list[tuple[tuple[str, str], int]]:
        limits = self._limits
        return [
            ((account, address), limits.per_account_and_address),
            ((account, ""), limits.per_account),
            (("", address), limits.per_address),
        ]

    def _wait(self, key: tuple[str, str], limit: int, now: int) -> int:
        """The deque holds at most `limit` failures: the gate is closed while all of them are within the window."""
        failures = self._failures.get(key)
        if failures is None or len(failures) < limit:
            return 0
        return max(0, failures[0] + self._limits.window_seconds - now)
