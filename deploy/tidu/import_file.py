"""A list of enterprises from a file: uploaded, followed to its end, the refused rows brought back."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.tidu.arguments import Key, Region, read_file, read_target
from deploy.tidu.calling import Caller
from deploy.tidu.desk import Desk, desk_of
from deploy.tidu.terminal import Terminal

_ENDED = ("done", "failed")
_SHOWN_LINES = 20
_COUNTS = {
    "total_count": "共",
    "created_count": "新增",
    "updated_count": "更新",
    "unchanged_count": "未变",
    "error_count": "有误",
    "marked_count": "只留存不培育",
}


def import_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="文件", help=".xlsx 或 .csv（UTF-8、GBK）", parser=read_file)],
    region: Region = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只试算，不写入")] = False,
    column: Annotated[
        list[str] | None, typer.Option(metavar="字段=表头", help="可重复；认不出表头时指定，如 name=单位")
    ] = None,
    errors: Annotated[
        Path | None,
        typer.Option(metavar="文件", help="错误行存到哪里，默认 <文件名>-错误行.xlsx", parser=read_target),
    ] = None,
    key: Key = None,
) -> None:
    """导入企业名单；有误的行存成工作簿，改好后可再次导入。"""
    desk = desk_of(context)
    caller, terminal = desk.caller(), desk.terminal
    form = {"dry_run": str(dry_run).lower(), "region_code": region, "mapping": _mapping(column)}
    given = {name: value for name, value in form.items() if value is not None}
    content = (file.name, file.read_bytes())
    terminal.say(f"上传 {file.name}（{max(len(content[1]) // 1024, 1):,} KB）")
    run = caller.post("enterprise", "/v1/imports", given, key=key, file=content)
    run = _follow(desk, caller, run)
    if run["state"] == "failed":
        terminal.bad(f"整个文件未被接受：{run['failure']}")
        raise typer.Exit(1)
    terminal.table(tuple(_COUNTS.values()), [tuple(run[name] for name in _COUNTS)])
    if run["dry_run"]:
        terminal.say("以上是试算，没有写入任何数据。")
    if run["error_count"]:
        _show_bad_lines(caller, terminal, run["id"])
        _save_errors(caller, terminal, run["id"], errors or _free_name(file))
        raise typer.Exit(1)


def _mapping(columns: list[str] | None) -> str | None:
    pairs = [column.partition("=") for column in columns or ()]
    if not all(field and heading for field, _, heading in pairs):
        raise typer.BadParameter("--column 应写成 字段=表头，如 name=单位")
    return json.dumps({field: heading for field, _, heading in pairs}, ensure_ascii=False) if pairs else None


def _follow(desk: Desk, caller: Caller, run: dict[str, Any]) -> dict[str, Any]:
    path = f"/v1/imports/{run['id']}"
    try:
        with desk.terminal.screen.progress("试算" if run["dry_run"] else "导入", run["total_count"]) as bar:
            while run["state"] not in _ENDED:
                time.sleep(desk.around.poll_seconds)
                run = caller.get("enterprise", path)
                bar.reach(run["done_count"], run["total_count"])
    except KeyboardInterrupt:
        desk.terminal.note(f"不再等待；导入 {run['id']} 在后台继续。")
        raise
    return run


def _show_bad_lines(caller: Caller, terminal: Terminal, import_id: str) -> None:
    refused = list(caller.list_all("enterprise", f"/v1/imports/{import_id}/rows", state="error"))
    rows = [(str(row["line"]), "；".join(f"{e['column']}：{e['detail']}" for e in row["errors"])) for row in refused]
    terminal.heading("有误的行")
    terminal.table(("行号", "错误"), rows[:_SHOWN_LINES])
    if len(rows) > _SHOWN_LINES:
        terminal.say(f"……其余 {len(rows) - _SHOWN_LINES:,} 行见错误行文件")


def _save_errors(caller: Caller, terminal: Terminal, import_id: str, target: Path) -> None:
    target.write_bytes(caller.read("enterprise", f"/v1/imports/{import_id}/errors.xlsx").content)
    terminal.note(f"有误的行已存为 {target}，改好后可直接再次导入。")


def _free_name(file: Path) -> Path:
    """Return a name of its own beside the working folder: a workbook that somebody is mending is not overwritten."""
    stem = f"{file.stem}-错误行"
    names = (Path(f"{stem}{'' if number == 1 else f'-{number}'}.xlsx") for number in range(1, 1000))
    return next(name for name in names if not name.exists())
