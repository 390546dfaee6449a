"""The console's commands."""

from __future__ import annotations

import typer

from services.console.db.signing_keys import load_or_create_keys, rotate_key
from services.console.settings import Settings

app = typer.Typer(help="控制台的命令", no_args_is_help=True)


@app.callback()
def main() -> None:
    """控制台的命令。"""


@app.command("rotate-key")
def rotate() -> None:
    """换一把签发令牌的密钥; 上一把继续有效, 直到下次更换。重启控制台后生效。"""
    path = Settings().issuer_key_file
    if path is None:
        typer.echo("没有本机签发的密钥：TIDU_ISSUER_KEY_FILE 未设置", err=True)
        raise typer.Exit(1)
    load_or_create_keys(path)
    typer.echo(f"已换新密钥，现有 {rotate_key(path)} 把有效；请重启控制台。")


if __name__ == "__main__":
    app()
