"""`python -m deploy.bench [WORK…]`: measure, show, keep."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from typing import Annotated

import typer

from deploy.bench.figures import Figure
from deploy.bench.report import describe_run, table, write_document, write_json
from deploy.bench.sizes import LARGE, QUICK, USUAL, Size

app = typer.Typer(pretty_exceptions_enable=False)
WORKS = ("reads", "writes", "events", "latency", "board", "imports", "stack")


@app.command()
def main(
    works: Annotated[list[str] | None, typer.Argument(help=f"要测的项目,默认全部: {' '.join(WORKS)}")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="各测一轮,只看大概")] = False,
    large: Annotated[bool, typer.Option("--large", help="百万级企业的看板,十万行的导入")] = False,
    rounds: Annotated[int | None, typer.Option(min=1, help="轮数")] = None,
    write: Annotated[bool, typer.Option("--write", help="把结果写进 docs/benchmarks.md")] = False,
) -> None:
    """测量性能:每项与同一次运行中的裸上限交替测量,取各轮中位数。"""
    chosen = works or list(WORKS)
    if unknown := set(chosen) - set(WORKS):
        raise typer.BadParameter(f"没有这些项目: {', '.join(sorted(unknown))}")
    size = QUICK if quick else LARGE if large else USUAL
    if rounds:
        size = replace(size, rounds=rounds)
    run = describe_run(" ".join(["python -m deploy.bench", *sys.argv[1:]]))
    figures = measure(chosen, size)
    print("\n" + table(figures))
    print(f"\n{write_json(figures, run)}")
    if write:
        write_document(figures, run)


def measure(works: Sequence[str], size: Size) -> list[Figure]:
    """Measure the works one after the other, each on servers of its own."""
    figures: list[Figure] = []
    for work in works:
        began = time.monotonic()
        print(f"{work} …", end=" ", flush=True)
        figures += import_module(f"deploy.bench.works.{work}").measure(size)
        print(f"{time.monotonic() - began:.0f} s", flush=True)
    return figures


if __name__ == "__main__":
    app()
