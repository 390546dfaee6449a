"""What is said about measurements: medians, ratios within a round, goals from both sides, the order of rounds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deploy.bench.figures import Figure, at_least, at_most, interleave, quantile
from deploy.bench.report import BEGIN, END, describe_run, table, write_document


def _figure(**changes: object) -> Figure:
    fields = {"work": "w", "unit": "req/s", "rounds": [100.0, 50.0, 400.0], "limit_rounds": [200.0, 50.0, 1000.0]}
    return Figure(**{**fields, **changes})  # type: ignore[arg-type]


def test_the_ratio_is_the_median_of_the_rounds_ratios() -> None:
    figure = _figure()
    assert (figure.value, figure.limit_value, figure.ratio) == (100.0, 200.0, 0.5)


def test_a_figure_without_a_limit_has_no_ratio() -> None:
    figure = _figure(limit_rounds=())
    assert figure.ratio is None
    assert figure.limit_value is None


@pytest.mark.parametrize(
    ("goal", "met"),
    [
        (at_least(0.9), True),
        (at_least(0.9, 0.6), False),
        (at_most(0.4, of_value=False), False),
        (at_most(0.5, of_value=False), True),
        (at_least(300, of_value=True), False),
        (at_most(90, 120), True),
        (None, None),
    ],
)
def test_a_goal_is_met_from_its_own_side(goal: object, met: bool | None) -> None:
    assert _figure(goal=goal).is_met is met


def test_rounds_run_forwards_and_backwards() -> None:
    order: list[str] = []

    def record(name: str) -> float:
        order.append(name)
        return float(len(order))

    measured = interleave(3, {name: lambda name=name: record(name) for name in "ab"})  # type: ignore[misc]
    assert order == ["a", "b", "b", "a", "a", "b"]
    assert measured == {"a": [1.0, 4.0, 5.0], "b": [2.0, 3.0, 6.0]}


def test_a_quantile_is_one_of_the_values() -> None:
    assert quantile([3, 1, 2, 4], 0.5) == 3
    assert quantile([3, 1, 2, 4], 0.99) == 4


def test_the_table_shows_goal_and_outcome() -> None:
    rows = table([_figure(goal=at_least(0.8), limit="bare", notes={"p50 ms": 1.25, "broker": "embedded"})])
    assert "| w | 100 req/s | 200 (bare) | 0.50 | ≥ 0.8 (0.4) | yes |" in rows
    assert "- w: p50 ms 1.25, broker embedded" in rows


def test_the_document_keeps_the_words_around_the_figures(tmp_path: Path) -> None:
    document = tmp_path / "benchmarks.md"
    document.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    write_document([_figure()], {"date": "2026-11-21"}, document)
    text = document.read_text("utf-8")
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "old" not in text
    assert "- date: 2026-11-21" in text


def test_figures_and_run_can_be_written_as_json() -> None:
    content = json.loads(json.dumps([_figure(goal=at_most(1)).as_dict(), describe_run("command")]))
    assert content[0]["ratio"] == 0.5
    assert content[1]["command"] == "command"
