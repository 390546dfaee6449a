"""Settings of the pipeline service."""

from __future__ import annotations

from shared.settings import DataServiceSettings


class Settings(DataServiceSettings):
    """What the pipeline service needs besides: nothing but its own port."""

    port: int = 8002
