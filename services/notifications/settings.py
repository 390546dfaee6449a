"""Settings of the notifications service."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field, SecretStr, field_validator, model_validator

from services.notifications.domain.mails import UnusableMail, parse_address
from shared.settings import DataServiceSettings, Profile


class SmtpSecurity(StrEnum):
    """How the connection to the mail server is protected."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class Settings(DataServiceSettings):
    """What the notifications service needs besides: the key of sealed contacts, and the mail server."""

    port: int = 8004
    field_key: SecretStr
    smtp_host: str = "127.0.0.1"
    smtp_port: int = Field(default=8025, gt=0, le=65535)
    smtp_from: str = "tidu@localhost"
    smtp_security: SmtpSecurity = SmtpSecurity.NONE
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    smtp_timeout_seconds: int = Field(default=10, gt=0)
    mail_per_second: int = Field(default=50, gt=0)
    mail_lease_seconds: int = Field(default=300, gt=0)
    mail_unknown_seconds: int = Field(default=900, ge=0)
    planner_seconds: int = Field(default=10, gt=0)

    @field_validator("smtp_from")
    @classmethod
    def _is_an_address(cls, address: str) -> str:
        try:
            return parse_address(address)
        except UnusableMail as error:
            raise ValueError(f"TIDU_SMTP_FROM:{error}") from error

    @model_validator(mode="after")
    def _refuse_open_mail_in_production(self) -> Settings:
        if self.profile is Profile.PRODUCTION and self.smtp_security is SmtpSecurity.NONE:
            raise ValueError("正式环境须加密连接邮件服务器:请设置 TIDU_SMTP_SECURITY=starttls 或 tls")
        return self

    @property
    def allows_future_runs(self) -> bool:
        """Tell whether the planners may be run for days that have not come: on trial only."""
        return self.profile is Profile.LOCAL
