"""Settings every service reads at its door (environment, prefix TIDU_), and what a production profile refuses."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.kernel.clock import Clock, FixedClock, SystemClock


class Profile(StrEnum):
    """Where the service runs: on one machine for trying and testing, or for real."""

    LOCAL = "local"
    PRODUCTION = "production"


class ServiceSettings(BaseSettings):
    """What each service needs; a service adds its own fields in its settings.py. Secrets have no defaults."""

    model_config = SettingsConfigDict(env_prefix="TIDU_", extra="ignore", frozen=True)

    profile: Profile = Profile.LOCAL
    host: str = "127.0.0.1"
    port: int = Field(default=0, ge=0, le=65535)
    log_level: str = "INFO"
    today: date | None = None
    oidc_issuer: str = "http://127.0.0.1:8000"
    oidc_audience: str = "tidu"
    oidc_jwks_url: str = "http://127.0.0.1:8000/auth/jwks.json"
    token_max_age_seconds: int = Field(default=43_200, gt=0)
    jurisdictions_dir: Path = Path(__file__).resolve().parents[2] / "jurisdictions"

    @model_validator(mode="after")
    def _refuse_trial_values_in_production(self) -> ServiceSettings:
        if self.profile is Profile.PRODUCTION and self.today is not None:
            raise ValueError("TIDU_TODAY 只能在本机试用时使用")
        return self

    def clock(self) -> Clock:
        """Return the clock all code of this process asks."""
        return FixedClock(self.today) if self.today else SystemClock()


class DataServiceSettings(ServiceSettings):
    """A service with a database and a place on the event stream."""

    database_url: SecretStr
    worker_database_url: SecretStr | None = None
    owner_database_url: SecretStr | None = None
    pool_size: int = Field(default=8, gt=0)
    kafka_bootstrap: str = "127.0.0.1:9092"
    partitions: int = Field(default=4, gt=0)
    replication_factor: int = Field(default=1, gt=0)
    kafka_session_timeout_ms: int = Field(default=6000, gt=0)
    oidc_token_url: str = "http://127.0.0.1:8000/auth/token"  # noqa: S105 - an address
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    peer_urls: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _refuse_embedded_parts_in_production(self) -> DataServiceSettings:
        if self.profile is Profile.PRODUCTION and self.replication_factor < 3:
            raise ValueError("正式环境的主题需要三个副本:请设置 TIDU_REPLICATION_FACTOR=3 并使用正式的 Kafka 集群")
        return self

    def secret_url(self, kind: str) -> str:
        """Return the database address for `kind` (app, worker or owner); raises ValueError where it is not set."""
        named = {"app": self.database_url, "worker": self.worker_database_url, "owner": self.owner_database_url}
        secret = named[kind]
        if secret is None:
            raise ValueError(f"缺少数据库地址:TIDU_{kind.upper()}_DATABASE_URL")
        return secret.get_secret_value()
