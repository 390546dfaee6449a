"""The fate of one copy of a notice: its states, what an attempt can end in, and when to try again. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

_MINUTE = 60
_HOUR = 60 * _MINUTE
RETRY_SECONDS = (0, _MINUTE, 5 * _MINUTE, 15 * _MINUTE, *(_HOUR * hours for hours in (1, 3, 6, 12, 24, 48)))
"""The pause before each try; a copy is given up when the last one fails."""

JITTER_PERCENT = 20


class Channel(StrEnum):
    """How a notice reaches people. The one in the application is the notice of record, others are copies."""

    IN_APP = "in_app"
    EMAIL = "email"


class DeliveryState(StrEnum):
    """Where a copy stands. Unknown: the server may have taken it, we crashed or lost it before its answer.

    Unaddressed: nobody to send it to; the notice stands in the application only. Withdrawn: its duty moved or was done
    before the copy left.
    """

    PENDING = "pending"
    SENDING = "sending"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    DEAD = "dead"
    UNADDRESSED = "unaddressed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Accepted:
    """The server took responsibility; `reference` is what it answered."""

    reference: str


@dataclass(frozen=True)
class Refused:
    """The server will never take this message."""

    problem: str


@dataclass(frozen=True)
class Deferred:
    """The server did not take it now."""

    problem: str


@dataclass(frozen=True)
class Unclear:
    """The message was handed over and the answer did not come."""

    problem: str


Outcome = Accepted | Refused | Deferred | Unclear


@dataclass(frozen=True)
class Retry:
    """Try again after so many seconds."""

    after_seconds: int


@dataclass(frozen=True)
class GiveUp:
    """No further try."""


def after_deferral(attempt_count: int, jitter_percent: int) -> Retry | GiveUp:
    """Tell what follows the failure of the `attempt_count`th try; the jitter spreads retries, -20 to 20 percent."""
    if attempt_count >= len(RETRY_SECONDS):
        return GiveUp()
    return Retry(RETRY_SECONDS[attempt_count] * (100 + jitter_percent) // 100)


def message_id_of(delivery_id: UUID, domain: str) -> str:
    """Return the Message-ID of a copy: always the same, so that a repeat can be recognised as one."""
    return f"<{delivery_id}@{domain}>"


@dataclass
class Circuit:
    """Stops knocking at a mail server that is out of order. Times are monotonic seconds, given by the caller."""

    threshold: int = 5
    first_pause_seconds: int = 15
    longest_pause_seconds: int = 300
    failures: int = 0
    paused_until: int = 0
    pauses: int = 0

    def is_paused_at(self, now: int) -> bool:
        """Tell whether sending is paused."""
        return now < self.paused_until

    def succeed(self) -> None:
        """Note that the server did its work."""
        self.failures = self.pauses = 0

    def fail(self, now: int, *, at_once: bool = False) -> None:
        """Note a failure that may be the server's; pause after `threshold` in a row, or at once where it surely is."""
        self.failures += 1
        if at_once or self.failures >= self.threshold:
            pause = min(self.first_pause_seconds * 2**self.pauses, self.longest_pause_seconds)
            self.paused_until, self.failures, self.pauses = now + pause, 0, self.pauses + 1
