from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from services.console.main import make_issuer
from services.console.settings import Settings
from shared.settings import Profile


def test_demo_users_exist_on_one_machine_only() -> None:
    assert Settings().has_demo_users()
    assert not Settings(profile=Profile.PRODUCTION).has_demo_users()
    with pytest.raises(ValidationError, match="演示用户"):
        Settings(profile=Profile.PRODUCTION, demo_users=True)


def test_a_production_issuer_knows_services_but_no_demo_person(tmp_path: Path) -> None:
    settings = Settings(
        profile=Profile.PRODUCTION,
        issuer_key_file=tmp_path / "issuer.pem",
        clients={"pipeline": SecretStr("a-long-secret-of-pipeline")},
    )
    issuer = make_issuer(settings)
    assert issuer is not None
    assert issuer.accounts == {}


def test_production_refuses_guessable_service_secrets() -> None:
    with pytest.raises(ValidationError, match="pipeline"):
        Settings(profile=Profile.PRODUCTION, clients={"pipeline": SecretStr("short")})


def test_without_a_key_file_nothing_is_issued_here() -> None:
    assert make_issuer(Settings(issuer_key_file=None)) is None


def test_where_people_sign_in_at_a_provider_nothing_is_issued_here(tmp_path: Path) -> None:
    assert make_issuer(Settings(issuer_key_file=tmp_path / "issuer.pem", oidc_client_id="tidu")) is None
    assert list(tmp_path.iterdir()) == []
