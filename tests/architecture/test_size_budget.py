"""Functions and files stay small: what separates tidy code bases from others is the tail."""

from __future__ import annotations

from statistics import median, quantiles

from tests.architecture.source import CODE, EXEMPT_FROM_SIZE, SourceFile, functions, length, source_files

MAX_FUNCTION, MAX_FILE, MAX_TEST_FILE = 50, 350, 500
MEDIAN_FUNCTION, P90_FUNCTION, MEDIAN_FILE, P90_FILE = 10, 25, 90, 200


def _counted(*folders: str) -> list[SourceFile]:
    return [file for file in source_files(*folders) if not any(part in file.path for part in EXEMPT_FROM_SIZE)]


def test_no_function_is_longer_than_fifty_lines() -> None:
    long = [
        f"{file.path}:{node.lineno} {node.name} {length(node)}"
        for file in _counted(*CODE)
        for node in functions(file.tree)
        if length(node) > MAX_FUNCTION
    ]
    assert not long


def test_most_functions_are_short() -> None:
    lengths = [length(node) for file in _counted(*CODE) for node in functions(file.tree)]
    assert median(lengths) <= MEDIAN_FUNCTION
    assert quantiles(lengths, n=10)[8] <= P90_FUNCTION


def test_no_file_is_longer_than_its_budget() -> None:
    long = [f"{file.path} {file.line_count}" for file in _counted(*CODE) if file.line_count > MAX_FILE]
    long += [f"{file.path} {file.line_count}" for file in _counted("tests") if file.line_count > MAX_TEST_FILE]
    assert not long


def test_most_files_are_short() -> None:
    lengths = [file.line_count for file in _counted(*CODE)]
    assert median(lengths) <= MEDIAN_FILE
    assert quantiles(lengths, n=10)[8] <= P90_FILE
