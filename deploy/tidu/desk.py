"""What every command has at hand: the terminal, the addresses, and the services as the signed-in person asks them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import typer

from deploy.tidu.addresses import Addresses
from deploy.tidu.calling import Busy, Caller, Gateway, make_client
from deploy.tidu.sessions import SessionFile
from deploy.tidu.terminal import Terminal
from shared.kernel.clock import Clock, SystemClock


@dataclass(frozen=True)
class Surroundings:
    """What the machine gives; tests give something else."""

    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    folder: Path = field(default_factory=lambda: Path(typer.get_app_dir("tidu")))
    client: Callable[[], httpx.Client] = make_client
    clock: Clock = field(default_factory=SystemClock)
    poll_seconds: float = 0.5


class Desk:
    """One run of the client."""

    def __init__(self, around: Surroundings, addresses: Addresses, *, patience_seconds: float) -> None:
        self.around = around
        self.addresses = addresses
        self.terminal = Terminal()
        self.sessions = SessionFile(around.folder)
        self._patience_seconds = patience_seconds
        self._has_noted = False

    def gateway(self) -> Gateway:
        """Return the way to the services, for whoever asks."""
        return Gateway(
            self.addresses.of,
            client=self.around.client(),
            patience_seconds=self._patience_seconds,
            on_retry=self._note_once,
        )

    def caller(self) -> Caller:
        """Return the signed-in person; raises NotSignedIn."""
        return Caller(self.gateway(), self.sessions.get(self.around.clock.now()).token)

    def _note_once(self, busy: Busy) -> None:
        if not self._has_noted and self._patience_seconds:
            self._has_noted = True
            self.terminal.note(f"{busy}，稍候重试……")


def desk_of(context: typer.Context) -> Desk:
    """Return the desk of a command."""
    desk: Desk = context.obj
    return desk
