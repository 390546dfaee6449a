"""The command line every service has: migrate, look after parked events, accept a restored stream, see the lag."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Annotated, TypeVar
from uuid import UUID

import typer
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.engine import Database
from shared.db.migrate import is_current, upgrade
from shared.events.base import Event
from shared.inbox.heads import accept_stream, list_lag
from shared.inbox.parking import list_parked, retry_parked, skip_parked
from shared.inbox.routing import Handler, Router
from shared.kernel.errors import DomainError
from shared.kernel.roles import SYSTEM
from shared.outbox.replay import list_heads
from shared.settings import DataServiceSettings

Result = TypeVar("Result")
Reason = Annotated[str, typer.Option(prompt="理由", help="写入审计记录 / kept in the audit")]


def service_cli(
    service: str, settings_class: type[DataServiceSettings], hears: Mapping[type[Event], Handler]
) -> typer.Typer:
    """Return the commands of one service; a service adds its own to what is returned."""
    app = typer.Typer(no_args_is_help=True, add_completion=False, help=f"{service}: 运维命令 / operations")
    app.add_typer(_parked_commands(settings_class, hears), name="parked", help="待处理事件 / parked events")
    app.add_typer(_stream_commands(settings_class), name="stream", help="事件流 / event streams")

    @app.command()
    def migrate() -> None:
        """升级数据库结构 / bring the database schema to this version."""
        url = load_settings(settings_class).secret_url("owner")
        if is_current(service, url):
            typer.echo(f"{service}: 已是最新 / up to date")
            return
        upgrade(service, url)
        typer.echo(f"{service}: 已升级 / migrated")

    return app


def load_settings(settings_class: type[DataServiceSettings]) -> DataServiceSettings:
    """Read the settings, or end with exit code 2 and a line for each that is missing or wrong."""
    try:
        return settings_class()
    except ValidationError as error:
        for problem in error.errors():
            name = "TIDU_" + "_".join(map(str, problem["loc"])).upper()
            typer.echo(f"{name}: {problem['msg']}", err=True)
        raise typer.Exit(2) from None


def run_in_transaction(
    settings_class: type[DataServiceSettings], work: Callable[[AsyncSession], Awaitable[Result]]
) -> Result:
    """Run one piece of work as the service's worker, committed at its end; a refusal is one line and exit code 1."""
    settings = load_settings(settings_class)

    async def run() -> Result:
        database = Database(settings.secret_url("worker"), pool_size=1, application_name="tidu-cli")
        operator = replace(SYSTEM, subject="cli", person_id="cli", name="命令行")
        try:
            async with database.transaction(operator) as session:
                return await work(session)
        finally:
            await database.dispose()

    try:
        return asyncio.run(run())
    except DomainError as error:
        typer.echo(f"{error.title}:{error.detail}", err=True)
        raise typer.Exit(1) from None


def _parked_commands(settings_class: type[DataServiceSettings], hears: Mapping[type[Event], Handler]) -> typer.Typer:
    app = typer.Typer(no_args_is_help=True)

    @app.command("list")
    def list_events() -> None:
        """列出 / list."""
        for event in run_in_transaction(settings_class, list_parked):
            typer.echo(f"{event.event_id} {event.topic} {event.key} {event.type} {event.error or '(排在后面)'}")

    @app.command()
    def retry(topic: str, key: str) -> None:
        """按顺序重试一个对象的事件 / retry the events of one key, in order."""
        done = run_in_transaction(settings_class, lambda s: retry_parked(s, Router(hears), topic=topic, key=key))
        typer.echo(f"成功 {done.applied_count},剩余 {done.left_count} {done.error or ''}")
        if done.left_count:
            raise typer.Exit(1)

    @app.command()
    def skip(event_id: UUID, reason: Reason) -> None:
        """放弃一个事件并说明理由 / give up one event, with a reason."""
        run_in_transaction(settings_class, lambda s: skip_parked(s, event_id=event_id, reason=reason, actor="cli"))
        typer.echo("已跳过 / skipped")

    return app


def _stream_commands(settings_class: type[DataServiceSettings]) -> typer.Typer:
    app = typer.Typer(no_args_is_help=True)

    @app.command()
    def heads() -> None:
        """本服务说了多少、听到哪里 / what this service has said and heard."""
        for head in run_in_transaction(settings_class, list_heads):
            typer.echo(f"says  {head.topic}[{head.part}] epoch {head.epoch} stamped {head.stamped} sent {head.sent}")
        for lag in run_in_transaction(settings_class, list_lag):
            stopped = f" STOPPED: {lag.stopped_reason}" if lag.stopped_reason else ""
            typer.echo(f"hears {lag.topic}[{lag.part}] epoch {lag.epoch} applied {lag.pseq} lag {lag.lag}{stopped}")

    @app.command()
    def accept(topic: str, part: int, epoch: int, pseq: int, head: str) -> None:
        """生产方恢复备份并核对后,从指定位置继续 / go on after a reconciled restore."""
        place = {"topic": topic, "part": part, "epoch": epoch, "pseq": pseq, "head": bytes.fromhex(head)}
        run_in_transaction(settings_class, lambda s: accept_stream(s, **place))  # type: ignore[arg-type]
        typer.echo("已接受 / accepted")

    return app
