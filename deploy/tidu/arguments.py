"""What is typed at the command line, checked before anything is sent."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from shared.kernel.money import parse_amount
from shared.kernel.uscc import InvalidUscc, parse_uscc


def read_day(text: str) -> str:
    """Return a date as the services take it."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise typer.BadParameter(f"“{text}”应为日期，如 2026-05-31") from error


def read_uscc(text: str) -> str:
    """Return a code whose check characters are right."""
    try:
        return parse_uscc(text)
    except InvalidUscc as error:
        raise typer.BadParameter(error.detail) from error


def read_amount(text: str) -> int:
    """Return an amount in fen."""
    try:
        return parse_amount(text)
    except ValueError as error:
        raise typer.BadParameter(f"“{text}”不是金额，应如 500万元 或 1200.50") from error


def read_file(text: str) -> Path:
    """Return a file that is there and can be read."""
    path = Path(text).expanduser()
    try:
        with path.open("rb"):
            return path
    except OSError as error:
        raise typer.BadParameter(f"不能读取文件 {text}：{error.strerror}") from error


def read_target(text: str) -> Path:
    """Return a file to write in a folder that is there."""
    path = Path(text).expanduser()
    if path.is_dir() or not path.parent.is_dir():
        raise typer.BadParameter(f"不能写入 {text}：没有这个文件夹，或它本身是文件夹")
    return path


UsccArgument = Annotated[str, typer.Argument(metavar="信用代码", help="统一社会信用代码", parser=read_uscc)]
Region = Annotated[str | None, typer.Option("--region", metavar="区划代码", help="行政区划代码，市州含所辖各县")]
Park = Annotated[str | None, typer.Option("--park", metavar="园区代码", help="园区代码")]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="日期", help="截至哪一天，默认今天", parser=read_day)]
Limit = Annotated[
    int | None, typer.Option("--limit", metavar="条数", min=1, help="最多几条；表格默认 200，其余默认全部")
]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON，供程序使用")]
AsCsv = Annotated[bool, typer.Option("--csv", help="输出 CSV；单元格不会被当作公式")]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="文件", help="写入文件，默认 CSV", parser=read_target)
]
Key = Annotated[str | None, typer.Option("--key", metavar="键", help="没有应答时给出的键，重新执行不会重复生效")]
