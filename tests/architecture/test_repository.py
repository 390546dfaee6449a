"""What may never stand in the repository: registries' host names, machine paths, unhashed dependencies."""

from __future__ import annotations

import re
import subprocess

from tests.architecture.source import ROOT

HOSTS = re.compile(r"py" + r"pi\.org|python" + r"hosted|registry\." + r"npmjs|deb\." + r"debian|repo1?\." + r"maven")
MACHINE_PATHS = re.compile(r"/(?:ho" + r"me|wo" + r"rk|ro" + r"ot)/\w")
BINARY = (".png", ".ico", ".xlsx", ".woff2", ".jpg")


def _texts() -> list[tuple[str, str]]:
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    paths = [ROOT / name for name in names if name and not name.endswith(BINARY)]
    return [(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")) for path in paths if path.is_file()]


def test_no_registry_is_named_anywhere() -> None:
    assert not [name for name, text in _texts() if HOSTS.search(text)]


def test_no_path_of_a_machine_is_named() -> None:
    assert not [name for name, text in _texts() if MACHINE_PATHS.search(text)]


def test_every_requirement_is_pinned_with_hashes() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        pins = re.findall(r"^([A-Za-z0-9_.\[\],-]+==\S+)", path.read_text(), re.MULTILINE)
        blocks = re.split(r"^(?=[A-Za-z0-9])", path.read_text(), flags=re.MULTILINE)
        assert pins
        assert all("--hash=sha256:" in block for block in blocks if "==" in block)
