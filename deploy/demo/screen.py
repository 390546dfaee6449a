"""What the person at the terminal sees: numbered chapters, short lines, tables, one progress bar at a time."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

_FILE_WIDTH = 120


class Screen:
    """Writes to a terminal or to a file alike; a file gets no colours and no moving bars."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or _make_console()
        self._chapter = 0
        self._started = time.monotonic()

    def chapter(self, title: str) -> None:
        """Begin the next step of the story."""
        self._chapter += 1
        self._console.print()
        self._console.print(Text(f"第 {self._chapter} 步  {title}", style="bold cyan"))

    def say(self, text: str, *, style: str = "") -> None:
        """One line."""
        self._console.print(Text(f"  {text}", style=style), soft_wrap=True)

    def quote(self, lines: Sequence[str]) -> None:
        """Lines of an explanation, set apart."""
        for line in lines:
            self._console.print(Text(f"    │ {line}", style="dim"), soft_wrap=True)

    def good(self, text: str) -> None:
        """Something came out as it should."""
        self.say(f"✓ {text}", style="green")

    def bad(self, text: str) -> None:
        """Something did not."""
        self.say(f"✗ {text}", style="bold red")

    def table(self, headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """A table; cells of numbers stand to the right."""
        table = Table(box=None, padding=(0, 2, 0, 2), header_style="bold")
        numbers = [bool(rows) and all(isinstance(row[index], int) for row in rows) for index in range(len(headings))]
        for heading, is_number in zip(headings, numbers, strict=True):
            table.add_column(heading, justify="right" if is_number else "left", overflow="fold")
        for row in rows:
            table.add_row(*(f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row))
        self._console.print(table)

    @contextmanager
    def progress(self, title: str, total: int) -> Iterator["Bar"]:
        """Show how far something has come."""
        columns = (TextColumn("  {task.description}"), BarColumn(30), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self._console, transient=not self._console.is_terminal) as progress:
            yield Bar(progress, progress.add_task(title, total=total))

    def seconds(self) -> float:
        """Return how long the story has taken."""
        return time.monotonic() - self._started


def _make_console() -> Console:
    """A file or a pipe has no width of its own."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else _FILE_WIDTH)


class Bar:
    """A progress bar."""

    def __init__(self, progress: Progress, task: "object") -> None:
        self._progress = progress
        self._task = task

    def reach(self, done: int, total: int | None = None) -> None:
        """Show that so many are done."""
        self._progress.update(self._task, completed=done, total=total)  # type: ignore[arg-type]

    def advance(self) -> None:
        """Show that one more is done."""
        self._progress.advance(self._task)  # type: ignore[arg-type]
