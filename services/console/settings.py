"""Settings of the console."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr, model_validator

from shared.settings import Profile, ServiceSettings


class Settings(ServiceSettings):
    """What the console needs besides.

    With `oidc_client_id`, or without `issuer_key_file`, the console issues no tokens: people and services sign in at
    `oidc_issuer` elsewhere, the pages as that client; the provider leads back to `public_url`/sign-in/callback.
    `clients` are the services that may fetch tokens of their own, id to secret. `peer_urls` is where the console
    finds the services, `public_urls` where a browser does, for those that differ. `session_key` (base64, 32 bytes)
    seals the cookies; without it they are sealed with a key derived from the issuer's.
    """

    port: int = 8000
    issuer_key_file: Path | None = None
    clients: dict[str, SecretStr] = Field(default_factory=dict)
    demo_users: bool | None = None
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    public_url: str = "http://127.0.0.1:8000"
    session_key: SecretStr | None = None
    session_idle_seconds: int = Field(default=3600, gt=0)
    peer_urls: dict[str, str] = Field(default_factory=dict)
    public_urls: dict[str, str] = Field(default_factory=dict)
    mail_url: str = "http://127.0.0.1:8026"
    assets_dir: Path = Path(__file__).resolve().parents[2] / "build" / "vendor"

    @model_validator(mode="after")
    def _refuse_demo_users_in_production(self) -> Settings:
        if self.profile is Profile.PRODUCTION and self.demo_users:
            raise ValueError("演示用户只能在本机试用时使用：请去掉 TIDU_DEMO_USERS")
        return self

    @model_validator(mode="after")
    def _refuse_guessable_secrets_in_production(self) -> Settings:
        short = [name for name, secret in self.clients.items() if len(secret.get_secret_value()) < 16]
        if self.profile is Profile.PRODUCTION and short:
            raise ValueError(f"服务密钥至少16个字符：{'、'.join(short)}")
        return self

    def has_demo_users(self) -> bool:
        """Tell whether the demo users may sign in: by default on one machine, never in production."""
        return self.profile is Profile.LOCAL if self.demo_users is None else self.demo_users
