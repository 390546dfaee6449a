"""`python -m deploy.demo [LIST.csv] [--region 530900]`: the main job on the running system."""

from pathlib import Path
from typing import Annotated

import typer

from deploy.demo.import_list import ImportFailed
from deploy.demo.invented_list import invented_list
from deploy.demo.patience import NewsNeverCame
from deploy.demo.screen import Screen
from deploy.demo.stack import Busy, Refused, Stack
from deploy.demo.story import Story
from deploy.local.config import read_config
from deploy.local.errors import LaunchError
from services.console.domain.demo_accounts import JURISDICTIONS
from shared.settings import ServiceSettings

_CODES = [jurisdiction.code for jurisdiction in JURISDICTIONS]
_ROWS = 300


def main(
    input_file: Annotated[Path | None, typer.Argument(metavar="名单", help="CSV 或 XLSX；不给就用虚构的名单")] = None,
    same_file: Annotated[Path | None, typer.Option("--input", help="同“名单”")] = None,
    region: Annotated[str, typer.Option(help=f"区划代码：{' '.join(_CODES)}")] = _CODES[0],
    rows: Annotated[int, typer.Option(min=30, max=100_000, help="虚构名单的行数")] = _ROWS,
) -> None:
    """在运行中的系统上演示主线工作：从名单到奖补和邮件。"""
    screen = Screen()
    try:
        clock = ServiceSettings().clock()
        story = Story(Stack(read_config()), screen, region, _list(input_file or same_file, region, rows), clock)
        agrees = story.tell()
    except (Refused, Busy, ImportFailed, NewsNeverCame, LaunchError) as problem:
        screen.bad(str(problem))
        if isinstance(problem, Busy):
            screen.say("系统在运行吗？请先在另一个终端运行 make run（或 make up）。")
        raise typer.Exit(1) from problem
    minutes, seconds = divmod(round(screen.seconds()), 60)
    if not agrees:
        screen.bad(f"四个服务没有对上（用时 {minutes} 分 {seconds} 秒）。")
        raise typer.Exit(1)
    screen.good(f"演示完成，四个服务一致（用时 {minutes} 分 {seconds} 秒）。控制台：{story.stack.address('console')}")


def _list(input_file: Path | None, region: str, rows: int) -> tuple[str, bytes]:
    if region not in _CODES:
        raise typer.BadParameter(f"没有地区 {region}，可用的有：{' '.join(_CODES)}")
    if input_file is None:
        return f"演示名单-{region}.csv", invented_list(region, rows=rows)
    if not input_file.is_file():
        raise typer.BadParameter(f"没有文件 {input_file}")
    return input_file.name, input_file.read_bytes()


if __name__ == "__main__":
    typer.run(main)
