"""Crash points for the chaos tests, off unless asked for: FAILPOINT="relay_published:0.02,consumer_applied:0.01"."""

from __future__ import annotations

import os
import random
from collections.abc import Mapping

KILLED = 137
"""The exit status of a process that a crash point ended, as after kill -9."""


class Failpoints:
    """Ends the process at a named point with the given probability."""

    def __init__(self, odds: Mapping[str, float] | None = None) -> None:
        self._odds = dict(odds or {})

    @classmethod
    def from_text(cls, text: str) -> Failpoints:
        """Read `name:probability,…`."""
        pairs = (entry.split(":") for entry in text.split(",") if entry.strip())
        return cls({name.strip(): float(odds) for name, odds in pairs})

    def hit(self, name: str) -> None:
        """Die here, as by kill -9, if the point is armed and chance wills it."""
        if self._odds and random.random() < self._odds.get(name, 0.0):  # noqa: S311 - no secret depends on it
            os._exit(KILLED)
