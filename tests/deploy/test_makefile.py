"""The front door explains itself and works from any folder."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from deploy.local.config import ROOT

MAKEFILE = ROOT / "Makefile"
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}


def make(*arguments: str, folder: Path = ROOT) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["make", *arguments], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True)


def test_every_target_is_explained_by_help() -> None:
    targets = re.findall(r"^\.PHONY: (\S+)$", MAKEFILE.read_text("utf-8"), re.MULTILINE)
    shown = make().stdout
    assert [f"make {target} " in shown for target in targets] == [True] * len(targets)
    wanted = {"help", "run", "up", "down", "demo", "test", "check", "bench", "kafka", "docs", "format", "clean"}
    assert wanted <= set(targets)


@pytest.mark.parametrize("arguments", [("-C", str(ROOT), "help"), ("-f", str(MAKEFILE), "help")])
def test_it_works_from_any_folder(arguments: tuple[str, ...], tmp_path: Path) -> None:
    answer = make(*arguments, folder=tmp_path)
    assert answer.returncode == 0
    assert "make run" in answer.stdout


def test_without_a_fitting_python_it_says_what_is_missing() -> None:
    answer = make("run", "PYTHON=")
    assert answer.returncode != 0
    assert "需要 Python 3.11" in answer.stderr


def test_nothing_names_a_registry() -> None:
    for path in (MAKEFILE, ROOT / "deploy/kafka/pom.xml", ROOT / "deploy/docker/Dockerfile", ROOT / ".ci/run"):
        text = path.read_text("utf-8")
        assert not re.search(r"index-url|<repository>|<mirror>|pypi\.org|registry\.", text), path
    for path in (ROOT / "requirements").glob("*.txt"):
        assert not re.search(r"https?://|index-url", path.read_text("utf-8")), path
