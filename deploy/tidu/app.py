"""The commands of `tidu`, and how each of them ends: 0 done, 1 refused or not possible, 2 typed wrongly."""

from __future__ import annotations

from typing import Annotated, Any

import stamina.instrumentation
import typer
from typer import rich_utils
from typer.core import TyperGroup

from deploy.local.errors import LaunchError
from deploy.tidu import import_file, overview, registry, sign_in, whole_enterprise
from deploy.tidu.addresses import PARTS, WrongAddress, find_addresses
from deploy.tidu.calling import Busy, Refused
from deploy.tidu.desk import Desk, Surroundings
from deploy.tidu.sessions import NotSignedIn, SessionFile
from deploy.tidu.terminal import Terminal

_PATIENCE_SECONDS = 20.0

rich_utils.OPTIONS_PANEL_TITLE = "选项"
rich_utils.ARGUMENTS_PANEL_TITLE = "参数"
rich_utils.COMMANDS_PANEL_TITLE = "命令"
rich_utils.ERRORS_PANEL_TITLE = "用法有误"
rich_utils.REQUIRED_LONG_STRING = "[必填]"
rich_utils.DEFAULT_STRING = "[默认：{}]"


class Commands(TyperGroup):
    """Tells in one place what went wrong."""

    def invoke(self, context: Any) -> Any:
        """Run a command; what the services refuse ends it with 1."""
        try:
            return super().invoke(context)
        except Refused as refusal:
            Terminal().refused(refusal)
        except Busy as busy:
            Terminal().busy(busy)
        except NotSignedIn as problem:
            Terminal().bad(f"{problem}。请先登录：tidu login")
        except BrokenPipeError:
            raise  # whoever read the list has seen enough: typer ends quietly
        except OSError as problem:
            Terminal().bad(f"{problem.strerror or problem}：{problem.filename or ''}")
        raise typer.Exit(1)


# Local variables are never shown with an error: one of them may be a token.
app = typer.Typer(
    name="tidu",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)


@app.callback()
def main(
    context: typer.Context,
    address: Annotated[
        list[str] | None,
        typer.Option(metavar="[服务=]地址", help=f"服务地址，可重复；服务是 {' '.join(PARTS)}；只写主机则都用默认端口"),
    ] = None,
    patience: Annotated[float, typer.Option(min=0, metavar="秒", help="服务没有应答时最多等多久")] = _PATIENCE_SECONDS,
) -> None:
    """梯度 Tidu 命令行：登记、认定、导入、查询。

    退出码：0 完成；1 服务拒绝、没有应答或有行未导入；2 命令写错。
    """
    # Whoever types commands is told about a retry in one sentence of ours, not by log lines among the results.
    stamina.instrumentation.set_on_retry_hooks([])
    around = context.obj if isinstance(context.obj, Surroundings) else Surroundings()
    session = SessionFile(around.folder).find()
    try:
        addresses = find_addresses(address or (), around.environment, session.addresses if session else {})
    except (WrongAddress, LaunchError) as error:
        raise typer.BadParameter(str(error)) from error
    context.obj = Desk(around, addresses, patience_seconds=patience)


app.command("login")(sign_in.login)
app.command("logout")(sign_in.logout)
app.command("whoami")(sign_in.whoami)
app.command("list")(registry.list_enterprises)
app.command("show")(whole_enterprise.show)
app.command("register")(registry.register)
app.command("recognise")(registry.recognise)
app.command("import")(import_file.import_file)
app.command("board")(overview.board)
app.command("awards")(overview.list_awards)
