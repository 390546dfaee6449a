"""What a reader may rely on: typed, documented, the same inside for every service."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.architecture.source import CODE, ROOT, functions, source_files

DATA_SERVICES = ("enterprise", "pipeline", "awards", "notifications")
INSIDE = {"__init__.py", "main.py", "worker.py", "cli.py", "settings.py", "hears.py", "says.py"} | {
    "domain",
    "usecases",
    "db",
    "api",
}
OPTIONAL = {"clients", "templates"}
"""Remote calls, and texts a service renders."""


def test_every_function_names_its_return_type() -> None:
    untyped = [
        f"{file.path}:{node.lineno} {node.name}"
        for file in source_files(*CODE)
        for node in functions(file.tree)
        if node.returns is None
    ]
    assert not untyped


def test_every_module_says_what_it_is() -> None:
    assert not [file.path for file in source_files(*CODE) if file.text.strip() and not ast.get_docstring(file.tree)]


@pytest.mark.parametrize("service", DATA_SERVICES)
def test_a_service_has_the_same_inside_as_the_others(service: str) -> None:
    found = {path.name for path in (ROOT / "services" / service).iterdir() if path.name != "__pycache__"}
    assert found - OPTIONAL == INSIDE


@pytest.mark.parametrize("service", DATA_SERVICES)
def test_a_use_case_file_holds_one_public_verb(service: str) -> None:
    crowded = []
    for file in source_files(f"services/{service}/usecases"):
        public = [n for n in file.tree.body if isinstance(n, ast.AsyncFunctionDef) and not n.name.startswith("_")]
        if not file.path.endswith("__init__.py") and len(public) > 4:
            crowded.append(f"{file.path}: {[n.name for n in public]}")
    assert not crowded


@pytest.mark.parametrize("service", DATA_SERVICES)
def test_migrations_are_numbered_and_linear_and_head_names_the_last(service: str) -> None:
    folder = ROOT / "services" / service / "db" / "migrations"
    stems = sorted(path.stem for path in (folder / "versions").glob("*.py") if path.stem != "__init__")
    assert [stem[:4] for stem in stems] == [f"{number:04d}" for number in range(1, len(stems) + 1)]
    assert (folder / "HEAD").read_text().strip() == stems[-1]
    previous = None
    for stem in stems:
        values = _assignments(folder / "versions" / f"{stem}.py")
        assert (values["revision"], values["down_revision"]) == (stem, previous)
        previous = stem


def _assignments(path: Path) -> dict[str, object]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
    }
