"""Results as a table for people, as JSON for machines, and between the two marks of docs/benchmarks.md."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.bench.figures import Figure
from deploy.local.config import ROOT
from shared.kernel.clock import SystemClock

RESULTS = ROOT / "build" / "bench"
DOCUMENT = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
_HEAD = "| work | measured | bare limit | ratio | goal (now) | reached |\n|---|---|---|---|---|---|"


def describe_run(command: str) -> dict[str, str]:
    """Return when and where the figures were taken."""
    memory = _field(Path("/proc/meminfo"), "MemTotal").split()[0]
    return {
        "date": SystemClock().today().isoformat(),
        "command": command,
        "machine": f"{_field(Path('/proc/cpuinfo'), 'model name')}, {os.cpu_count()} cores, {int(memory) >> 20} GiB",
        "load when it began": f"{os.getloadavg()[0]:.1f}",
        "system": f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
    }


def _field(path: Path, name: str) -> str:
    lines = (line.split(":", 1) for line in path.read_text().splitlines() if ":" in line)
    return next((value.strip() for key, value in lines if key.strip() == name), "0")


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as a Markdown table, with the notes below."""
    notes = [f"- {figure.work}: {_notes(figure.notes)}" for figure in figures if figure.notes]
    return "\n".join([_HEAD, *(_row(figure) for figure in figures), "", *notes])


def _row(figure: Figure) -> str:
    limit = f"{_number(figure.limit_value)} ({figure.limit})" if figure.limit_value is not None else "-"
    ratio = f"{figure.ratio:.2f}" if figure.ratio is not None else "-"
    goal = figure.goal.text() if figure.goal else "-"
    reached = {True: "yes", False: "**no**", None: "-"}[figure.is_met]
    return f"| {figure.work} | {_number(figure.value)} {figure.unit} | {limit} | {ratio} | {goal} | {reached} |"


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _notes(notes: Mapping[str, float | str]) -> str:
    return ", ".join(f"{name} {value if isinstance(value, str) else _number(value)}" for name, value in notes.items())


def write_json(figures: Sequence[Figure], run: Mapping[str, str]) -> Path:
    """Write everything, single rounds included; an earlier result of the same day is replaced."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{run['date']}.json"
    content = {"run": run, "figures": [figure.as_dict() for figure in figures]}
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2), encoding="utf-8")
    return path


def write_document(figures: Sequence[Figure], run: Mapping[str, str], path: Path = DOCUMENT) -> None:
    """Put the table between the marks of the document; the words around it stay."""
    before, _, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    about = "\n".join(f"- {name}: {value}" for name, value in run.items())
    path.write_text(f"{before}{BEGIN}\n\n{about}\n\n{table(figures)}\n\n{END}{after}", encoding="utf-8")
