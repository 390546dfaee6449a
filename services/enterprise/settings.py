"""Settings of the enterprise service."""

from __future__ import annotations

from pydantic import SecretStr

from shared.settings import DataServiceSettings


class Settings(DataServiceSettings):
    """What the enterprise service needs besides: the key that seals contacts."""

    port: int = 8001
    field_key: SecretStr
