"""A list arrives: a dry run, the rows that are wrong by line, then the same file for good."""

import time
from pathlib import Path
from typing import Any

from deploy.demo.screen import Screen
from deploy.demo.stack import Caller

_POLL_SECONDS = 0.3
_SHOWN_ERRORS = 12
_ENDED = ("done", "failed")


class ImportFailed(Exception):
    """The whole file was refused."""


def import_list(caller: Caller, screen: Screen, file: tuple[str, bytes], *, region_code: str) -> dict[str, Any]:
    """Import the file after a dry run; returns the finished import."""
    name, content = file
    screen.say(f"名单 {Path(name).name}（{max(len(content) // 1024, 1):,} KB）。先试运行，不改动数据：")
    _show(caller, screen, _run(caller, screen, file, region_code=region_code, dry_run=True), are_rows_shown=False)
    screen.say("正式导入：")
    done = _run(caller, screen, file, region_code=region_code, dry_run=False)
    _show(caller, screen, done, are_rows_shown=True)
    return done


def _run(caller: Caller, screen: Screen, file: tuple[str, bytes], *, region_code: str, dry_run: bool) -> dict[str, Any]:
    form = {"dry_run": str(dry_run).lower(), "region_code": region_code}
    run: dict[str, Any] = caller.post("enterprise", "/v1/imports", form, file=(Path(file[0]).name, file[1]))
    with screen.progress("试运行" if dry_run else "导入", run["total_count"]) as bar:
        while run["state"] not in _ENDED:
            time.sleep(_POLL_SECONDS)
            run = caller.get("enterprise", f"/v1/imports/{run['id']}")
            bar.reach(run["done_count"], run["total_count"])
    if run["state"] == "failed":
        raise ImportFailed(run["failure"])
    return run


def _show(caller: Caller, screen: Screen, run: dict[str, Any], *, are_rows_shown: bool) -> None:
    names = {
        "total_count": "共",
        "created_count": "新增",
        "updated_count": "更新",
        "unchanged_count": "未变",
        "error_count": "有误",
        "marked_count": "只留存不培育",
    }
    screen.table(tuple(names.values()), [tuple(run[name] for name in names)])
    if run["error_count"] and are_rows_shown:
        _show_errors(caller, screen, run)


def _show_errors(caller: Caller, screen: Screen, run: dict[str, Any]) -> None:
    path = f"/v1/imports/{run['id']}"
    refused = list(caller.list_all("enterprise", f"{path}/rows", state="error"))
    screen.say(f"有误的 {len(refused)} 行（{caller.address('enterprise')}{path}/errors.xlsx 可下载，改好后重新导入）：")
    rows = [(row["line"], "；".join(f"{e['column']}：{e['detail']}" for e in row["errors"])) for row in refused]
    screen.table(("行号", "错误"), rows[:_SHOWN_ERRORS])
    if len(rows) > _SHOWN_ERRORS:
        screen.say(f"……其余 {len(rows) - _SHOWN_ERRORS} 行从略")
