"""Every work of the benchmarks runs on real servers and yields figures; no time is asserted."""

from __future__ import annotations

from importlib import import_module

import pytest

from deploy.bench.__main__ import WORKS
from deploy.bench.figures import Figure
from deploy.bench.report import table
from deploy.bench.sizes import TINY

WITHOUT_LIMIT = {"latency"}


@pytest.mark.timeout(400)
@pytest.mark.parametrize("work", [pytest.param(name, marks=[pytest.mark.stack] * (name == "stack")) for name in WORKS])
def test_a_work_runs_and_yields_its_ratio(work: str) -> None:
    figures: list[Figure] = import_module(f"deploy.bench.works.{work}").measure(TINY)
    assert figures
    assert all(len(figure.rounds) == TINY.rounds and figure.value >= 0 for figure in figures)
    assert work in WITHOUT_LIMIT or any(figure.ratio is not None and figure.ratio > 0 for figure in figures)
    assert all(figure.work in table(figures) for figure in figures)
