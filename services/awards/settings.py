"""Settings of the awards service."""

from __future__ import annotations

from shared.settings import DataServiceSettings


class Settings(DataServiceSettings):
    """What the awards service needs."""

    port: int = 8003
