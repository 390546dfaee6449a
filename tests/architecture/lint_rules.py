"""Five rules of our own, each made after a mistake that others keep making."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from tests.architecture.source import SourceFile

Rule = Callable[[SourceFile], Iterator[int]]

_COMMITS_HERE = ("shared/db/", "shared/messaging/", "deploy/")
_CLOCK = "shared/kernel/clock.py"
_EXACT = ("/domain/", "shared/rules/", "shared/kernel/money.py", "shared/events/")
_SPREADSHEET_CELLS = "/domain/importing/cells.py"
"""Workbooks hand over floats; this one file turns them into exact values."""
_PRINTS_HERE = ("cli.py", "deploy/")


def _method_calls(file: SourceFile, *names: str) -> Iterator[ast.Attribute]:
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
            yield node.func


def commits_outside_the_edge(file: SourceFile) -> Iterator[int]:
    """`.commit()` and `.rollback()` belong to shared/db and shared/messaging: inside, nothing ends a transaction."""
    if file.path.startswith(_COMMITS_HERE):
        return
    for node in ast.walk(file.tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("commit", "rollback")
        ):
            yield node.lineno


def reads_the_clock(file: SourceFile) -> Iterator[int]:
    """`datetime.now()` and `date.today()` belong to the clock: 'today' is injected."""
    if file.path == _CLOCK or file.path.startswith("deploy/"):
        return
    for node in ast.walk(file.tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("now", "today", "utcnow")
        ):
            owner = node.func.value
            name = owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""
            if name in ("datetime", "date"):
                yield node.lineno


def uses_float(file: SourceFile) -> Iterator[int]:
    """Domain, rules, money and events know no float: amounts are integer fen, ratios Decimal."""
    if _SPREADSHEET_CELLS in file.path or not any(part in file.path for part in _EXACT):
        return
    refused = {
        name
        for call in ast.walk(file.tree)
        if isinstance(call, ast.Call) and _is_check(call)
        for name in ast.walk(call)
    }
    for node in ast.walk(file.tree):
        is_literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
        if is_literal or (isinstance(node, ast.Name) and node.id == "float" and node not in refused):
            yield node.lineno


def _is_check(call: ast.Call) -> bool:
    """Recognise `isinstance(x, float)`: telling a float apart, to refuse or convert it, is no use of one."""
    return isinstance(call.func, ast.Name) and call.func.id == "isinstance"


def opens_its_own_session(file: SourceFile) -> Iterator[int]:
    """A plain yield-dependency commits after the answer left: only the edge opens a request's transaction."""
    if "/api/" not in file.path:
        return
    yield from (node.lineno for node in _method_calls(file, "transaction"))


def prints(file: SourceFile) -> Iterator[int]:
    """`print` belongs to the command line."""
    if any(part in file.path for part in _PRINTS_HERE):
        return
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            yield node.lineno


RULES: tuple[Rule, ...] = (commits_outside_the_edge, reads_the_clock, uses_float, opens_its_own_session, prints)
