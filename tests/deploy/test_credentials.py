"""Secrets of the local stack are random, private, and made once."""

import stat
from pathlib import Path

import pytest

from deploy.local.credentials import load_or_create
from deploy.local.errors import LaunchError

SERVICES, DATABASES = ("console", "enterprise"), ("enterprise",)


def test_secrets_are_made_once_and_readable_by_nobody_else(tmp_path: Path) -> None:
    first = load_or_create(tmp_path, SERVICES, DATABASES)
    assert load_or_create(tmp_path, SERVICES, DATABASES) == first
    assert len({first.postgres, first.field_key, *first.roles.values(), *first.clients.values()}) == 7
    for path in tmp_path.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_new_service_gets_secrets_and_the_others_keep_theirs(tmp_path: Path) -> None:
    before = load_or_create(tmp_path, SERVICES, DATABASES)
    after = load_or_create(tmp_path, (*SERVICES, "pipeline"), (*DATABASES, "pipeline"))
    assert set(after.roles) - set(before.roles) == {"pipeline_owner", "pipeline_app", "pipeline_worker"}
    assert after.postgres == before.postgres
    assert after.roles["enterprise_app"] == before.roles["enterprise_app"]


def test_a_damaged_secrets_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text("{")
    with pytest.raises(LaunchError, match=r"secrets\.json 已损坏"):
        load_or_create(tmp_path, SERVICES, DATABASES)
