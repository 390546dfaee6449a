"""What the settings refuse."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from services.notifications.settings import Settings, SmtpSecurity

KNOWN = {"database_url": "postgresql://a@b/c", "field_key": "a2V5"}


def _settings(**fields: Any) -> Settings:
    return Settings(**{**KNOWN, **fields})


def test_a_trial_may_run_ahead_and_a_real_system_may_not() -> None:
    real = _settings(profile="production", replication_factor=3, smtp_security="starttls")
    assert (_settings().allows_future_runs, real.allows_future_runs) == (True, False)
    assert real.smtp_security is SmtpSecurity.STARTTLS


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"profile": "production", "replication_factor": 3}, "TIDU_SMTP_SECURITY"),
        ({"smtp_from": "tidu@localhost\r\nBcc: a@b"}, "TIDU_SMTP_FROM"),
        ({"smtp_port": 0}, "smtp_port"),
        ({"mail_per_second": 0}, "mail_per_second"),
    ],
)
def test_wrong_settings_are_refused_at_the_door(fields: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        _settings(**fields)


def test_no_secret_has_a_default() -> None:
    with pytest.raises(ValidationError, match="field_key"):
        Settings(database_url="postgresql://a@b/c")
