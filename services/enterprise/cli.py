"""The command line of the enterprise service: `python -m services.enterprise.cli`."""

from __future__ import annotations

from services.enterprise.hears import HEARS
from services.enterprise.settings import Settings
from shared.cli import service_cli

app = service_cli("enterprise", Settings, HEARS)

if __name__ == "__main__":
    app()
