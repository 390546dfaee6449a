"""What stands on the terminal: results on standard output, notes and errors beside them on standard error."""

from __future__ import annotations

from collections.abc import Sequence

import typer
from rich.console import Console
from rich.markup import escape
from rich.text import Text

from deploy.demo.screen import Screen
from deploy.tidu.calling import Busy, Refused

_UNAUTHENTICATED = 401


def plain(value: object) -> str:
    """Return text fit for a terminal: names from outside can move no cursor and set no colour."""
    return "".join(char if char.isprintable() else " " for char in str(value))


class Terminal:
    """Tables and lines for people; `err` is where nothing is piped on from."""

    def __init__(self) -> None:
        self.screen = Screen()
        self._errors = Console(stderr=True, highlight=False)

    def table(self, headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """A table; empty ones say so."""
        if not rows:
            self.say("（没有）")
            return
        cells = [[cell if isinstance(cell, int) else escape(plain(cell)) for cell in row] for row in rows]
        self.screen.table(headings, cells)

    def say(self, text: str) -> None:
        """One line."""
        self.screen.say(plain(text))

    def good(self, text: str) -> None:
        """Something was done."""
        self.screen.good(plain(text))

    def heading(self, text: str) -> None:
        """Begin a section."""
        typer.echo()
        self.screen.say(plain(text), style="bold cyan")

    def note(self, text: str) -> None:
        """A remark that is no result."""
        self._errors.print(Text(plain(text), style="yellow"), soft_wrap=True)

    def bad(self, text: str) -> None:
        """What went wrong."""
        self._errors.print(Text(plain(text), style="bold red"), soft_wrap=True)

    def refused(self, refusal: Refused) -> None:
        """A problem as the service tells it: title, detail, and each wrong field."""
        self.bad(f"{refusal.title}（{refusal.status}）")
        for line in (refusal.detail, *(f"· {one}" for one in refusal.fields)):
            if line:
                self.note(f"  {line}")
        if refusal.status >= 500 and refusal.trace_id:
            self.note(f"  追踪号 {refusal.trace_id}")
        if refusal.status == _UNAUTHENTICATED:
            self.note("  请重新登录：tidu login")

    def busy(self, busy: Busy) -> None:
        """Nobody answered for as long as patience lasted."""
        self.bad(str(busy))
        if busy.key:
            self.note(f"  不能确定是否已经生效。加上 --key {busy.key} 重新执行同一命令，不会重复生效。")
        else:
            self.note("  系统在运行吗？本机请运行 make up；其他地址用 --address 或 TIDU_ADDRESS_<服务> 指定。")
