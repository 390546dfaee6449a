"""The environment is made once and installed again only when what it should hold changed."""

import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local import setup_environment
from deploy.local.setup_environment import install_if_changed


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone with an environment of its own and one empty requirements file."""
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "local.txt").write_text("# nothing yet\n")
    monkeypatch.setattr(setup_environment, "ROOT", tmp_path)
    monkeypatch.setattr(setup_environment, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(setup_environment, "VENV_PYTHON", tmp_path / ".venv" / "bin" / "python")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / ".venv")], check=True)
    return tmp_path


def count_installs(monkeypatch: pytest.MonkeyPatch, answers: list[int]) -> list[Path]:
    asked: list[Path] = []

    def install(requirements: Path, target: Path | None) -> int:
        asked.append(requirements)
        return answers[len(asked) - 1]

    monkeypatch.setattr(setup_environment, "install", install)
    return asked


def test_an_unchanged_file_is_not_installed_again(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = count_installs(monkeypatch, [0, 0])
    assert install_if_changed("local") == 0
    assert install_if_changed("local") == 0
    assert len(asked) == 1
    (clone / "requirements" / "local.txt").write_text("# something else\n")
    assert install_if_changed("local") == 0
    assert len(asked) == 2


def test_a_failed_installation_is_tried_again(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = count_installs(monkeypatch, [1, 0])
    assert install_if_changed("local") == 1
    assert install_if_changed("local") == 0
    assert len(asked) == 2


def test_an_environment_without_a_working_pip_counts_as_broken(clone: Path) -> None:
    assert not setup_environment.venv_works()
