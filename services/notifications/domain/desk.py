"""What every entrance of the service has at hand: the handbook, the clock, and the key of sealed addresses."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from services.notifications.domain.handbook import Handbook, load_handbook
from shared.kernel.clock import Clock
from shared.kernel.sealing import Sealer


@dataclass(frozen=True)
class NoticeDesk:
    """Wired by main, worker and the command line. Only a system on trial may run for days that have not come."""

    handbook: Handbook
    clock: Clock
    sealer: Sealer
    allows_future_runs: bool = False


def open_desk(jurisdictions_dir: Path, *, clock: Clock, field_key: str, allows_future_runs: bool = False) -> NoticeDesk:
    """Read rules and templates; the first mistake in any file raises PackError."""
    return NoticeDesk(load_handbook(jurisdictions_dir), clock, Sealer(field_key), allows_future_runs)
