"""Every rule ships with its cases, and every case comes out as written."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.awards.domain.cases import Case, faults_of, load_cases, run_case
from services.awards.domain.decisions import Result
from tests.jurisdictions.library import JURISDICTIONS, library

FILES = sorted(JURISDICTIONS.glob("*/grants/*.cases.yaml"))
CASES = [pytest.param(case, id=f"{file.stem}: {case.name}") for file in FILES for case in load_cases(file)[1]]


@pytest.mark.parametrize("case", CASES)
def test_a_case_comes_out_as_written(case: Case) -> None:
    assert list(faults_of(case, run_case(case, library()))) == []


def test_every_pack_has_cases_beside_it() -> None:
    packs = {loaded.file.with_suffix(".cases.yaml") for loaded in library().packs}
    assert packs == set(FILES)


def test_every_rule_has_a_case_that_pays_and_one_that_does_not() -> None:
    seen: dict[str, set[Result | None]] = {}
    for file in FILES:
        for case in load_cases(file)[1]:
            seen.setdefault(case.rule, set()).add(case.expect.result)
    for _, rule in library().rules():
        assert Result.ELIGIBLE in seen[rule.id], rule.id
        assert seen[rule.id] - {Result.ELIGIBLE}, rule.id


def test_the_files_of_cases_are_found() -> None:
    assert [Path(file).parent.parent.name for file in FILES] == [
        "371300-linyi",
        "530400-yuxi",
        "530900-lincang",
        "533100-dehong",
        "620723-linze",
    ]
