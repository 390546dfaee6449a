"""When each partition is due for a beacon: five seconds after its last event, then ever more seldom up to a minute."""

from __future__ import annotations

from collections.abc import Iterable

from shared.outbox.stamping import Stream

FIRST_SECONDS = 5.0
LONGEST_SECONDS = 60.0


class BeaconSchedule:
    """Remembers per partition when the next beacon is due; times are given by the caller."""

    def __init__(self) -> None:
        self._due: dict[Stream, tuple[float, float]] = {}

    def events_sent(self, streams: Iterable[Stream], now: float) -> None:
        """Events were sent: the next beacon comes after the shortest pause."""
        self._due.update(dict.fromkeys(streams, (now + FIRST_SECONDS, FIRST_SECONDS)))

    def beacons_sent(self, streams: Iterable[Stream], now: float) -> None:
        """Beacons were sent: each next pause is twice as long, so that an idle system does not fill the broker."""
        for stream in streams:
            pause = min(self._due[stream][1] * 2, LONGEST_SECONDS)
            self._due[stream] = (now + pause, pause)

    def list_due(self, streams: Iterable[Stream], now: float) -> list[Stream]:
        """Return those of `streams` that are due; one not known yet becomes due after the shortest pause."""
        chosen = []
        for stream in streams:
            due_at, _ = self._due.setdefault(stream, (now + FIRST_SECONDS, FIRST_SECONDS))
            if due_at <= now:
                chosen.append(stream)
        return chosen
