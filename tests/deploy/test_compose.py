"""docker-compose.yml and the Dockerfile, checked without Docker: what they name exists, and no secret has a default."""

import importlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from deploy.local.config import ROOT
from deploy.local.roster import SERVICES
from shared.settings import ServiceSettings
from tests.deploy.compose_file import Missing, fresh_env, raw_file, resolve

PARTS: dict[str, Any] = raw_file()["services"]
JOBS = {name for name, part in PARTS.items() if part.get("restart") == "no"}
THIRD_PARTY = {"postgres", "kafka"}
SECRET_NAME = re.compile(r"PASSWORD|SECRET|FIELD_KEY|DATABASE_URL|CLIENTS|CLUSTER_ID")
DOCKERFILE = (ROOT / "deploy/docker/Dockerfile").read_text("utf-8")


@pytest.mark.parametrize("name", PARTS)
def test_each_part_has_limits_bounded_logs_and_a_way_to_tell_its_health(name: str) -> None:
    part = PARTS[name]
    assert {"cpus", "memory"} <= part["deploy"]["resources"]["limits"].keys()
    assert part["logging"]["options"]["max-size"]
    assert ("healthcheck" in part) is (name not in JOBS)


@pytest.mark.parametrize("name", sorted(PARTS.keys() - THIRD_PARTY))
def test_our_own_containers_can_do_nothing_but_their_work(name: str) -> None:
    part = PARTS[name]
    assert part["read_only"] is True
    assert part["cap_drop"] == ["ALL"]
    assert part["security_opt"] == ["no-new-privileges:true"]
    assert part["build"]["args"]["SERVICE"] == part["image"].removeprefix("tidu-")


@pytest.mark.parametrize("name", PARTS)
def test_what_a_part_waits_for_exists_and_can_be_waited_for(name: str) -> None:
    for wanted, rule in PARTS[name].get("depends_on", {}).items():
        if rule["condition"] == "service_completed_successfully":
            assert wanted in JOBS
        else:
            assert rule["condition"] == "service_healthy"
            assert "healthcheck" in PARTS[wanted]


@pytest.mark.parametrize("name", PARTS)
def test_no_secret_is_written_down_or_has_a_default(name: str) -> None:
    for key, value in PARTS[name].get("environment", {}).items():
        if SECRET_NAME.search(key):
            assert re.search(r"\$\{\w+:\?", value), key


def test_ports_are_published_on_loopback_only_and_none_of_the_database_or_the_broker() -> None:
    published = {name: part["ports"] for name, part in PARTS.items() if "ports" in part}
    assert published == {s.name: [f"127.0.0.1:{s.port}:{s.port}"] for s in SERVICES}


def test_every_service_has_its_api_its_worker_and_its_migration() -> None:
    for service in SERVICES:
        assert service.name in PARTS
        assert (f"{service.name}-worker" in PARTS) is service.worker
        assert (f"migrate-{service.name}" in PARTS) is service.database


def test_volumes_configs_and_files_that_are_named_exist() -> None:
    content = raw_file()
    for part in PARTS.values():
        assert all(volume.split(":")[0] in content["volumes"] for volume in part.get("volumes", []))
        assert all(config["source"] in content["configs"] for config in part.get("configs", []))
    assert all((ROOT / config["file"]).is_file() for config in content["configs"].values())


def test_fresh_secrets_satisfy_the_file_and_without_any_of_them_it_is_refused() -> None:
    env = fresh_env()
    resolve(PARTS, env)
    for name in env:
        with pytest.raises(Missing, match=name):
            resolve(PARTS, {key: value for key, value in env.items() if key != name})


def test_the_passwords_in_the_addresses_are_those_the_roles_get() -> None:
    env = fresh_env()
    roles = json.loads(resolve(PARTS["provision"]["environment"], env)["TIDU_ROLE_PASSWORDS"])
    seen = set()
    for part in resolve(PARTS, env).values():
        for key, value in part.get("environment", {}).items():
            if key.endswith("DATABASE_URL") and key != "TIDU_ADMIN_DATABASE_URL":
                address = urlsplit(value)
                assert roles[str(address.username)] == address.password
                seen.add(address.username)
    assert seen == set(roles)


@pytest.mark.parametrize("service", [service.name for service in SERVICES])
def test_the_services_accept_these_settings(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings_class = importlib.import_module(f"services.{service}.settings").Settings
    known = {f"TIDU_{field.upper()}" for field in settings_class.model_fields}
    environment: dict[str, str] = resolve(PARTS[service]["environment"], fresh_env())
    for name in [name for name in os.environ if name.startswith("TIDU_")]:
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings: ServiceSettings = settings_class()
    assert settings.host == "0.0.0.0"
    for_all = {f"TIDU_{field.upper()}" for field in ServiceSettings.model_fields} | set(raw_file()["x-settings"])
    assert environment.keys() - known - for_all <= {"TIDU_FIELD_KEY"}


def test_the_image_holds_the_shared_part_the_law_and_one_service() -> None:
    copied = re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE.split("FROM ${PYTHON_IMAGE}\n")[-1], re.MULTILINE)
    assert copied == ["shared", "jurisdictions", "services/__init__.py", "services/${SERVICE}"]
    assert "\nUSER 10001:10001\n" in DOCKERFILE
    assert "--require-hashes" in DOCKERFILE


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_service_starts_from_what_its_image_holds(service: Any, tmp_path: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__")
    for folder in ("shared", "jurisdictions", f"services/{service.name}"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignored)
    shutil.copy(ROOT / "services/__init__.py", tmp_path / "services")
    parts = ("main", "worker", "cli") if service.worker else ("main",)
    imports = "; ".join(f"import services.{service.name}.{part}" for part in parts)
    result = subprocess.run([sys.executable, "-c", imports], cwd=tmp_path, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
