"""Our own lint rules: the code keeps them, and each one catches what it was made for."""

from __future__ import annotations

import ast

import pytest

from tests.architecture import lint_rules
from tests.architecture.source import CODE, SourceFile, source_files

BROKEN = [
    (lint_rules.commits_outside_the_edge, "services/x/usecases/a.py", "async def f(s): await s.commit()"),
    (lint_rules.reads_the_clock, "services/x/domain/a.py", "import datetime\nnow = datetime.datetime.now()"),
    (lint_rules.reads_the_clock, "services/x/usecases/a.py", "from datetime import date\nday = date.today()"),
    (lint_rules.uses_float, "services/x/domain/a.py", "ratio = 0.015"),
    (lint_rules.uses_float, "shared/rules/a.py", "def f(x: float): ..."),
    (
        lint_rules.opens_its_own_session,
        "services/x/api/a.py",
        "async def f(db):\n db.transaction()",
    ),
    (lint_rules.prints, "services/x/usecases/a.py", "print(1)"),
]


@pytest.mark.parametrize("rule", lint_rules.RULES, ids=lambda rule: rule.__name__)
def test_the_code_keeps_the_rule(rule: lint_rules.Rule) -> None:
    broken = [f"{file.path}:{line}" for file in source_files(*CODE) for line in rule(file)]
    assert not broken, rule.__doc__


@pytest.mark.parametrize(("rule", "path", "text"), BROKEN)
def test_a_planted_violation_is_found(rule: lint_rules.Rule, path: str, text: str) -> None:
    assert list(rule(SourceFile(path, text, ast.parse(text))))
