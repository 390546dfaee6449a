"""The worker of the awards service: relay and consumer."""

from __future__ import annotations

from services.awards.domain.desk import open_desk
from services.awards.hears import heard_at
from services.awards.settings import Settings
from shared.messaging.runner import run_worker


def run() -> None:
    """Work until SIGTERM or SIGINT."""
    settings = Settings()
    desk = open_desk(settings.jurisdictions_dir, settings.clock())
    run_worker("awards", settings, heard_at(lambda: desk))


if __name__ == "__main__":
    run()
