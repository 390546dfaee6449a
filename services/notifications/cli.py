"""The command line of the notifications service: what every service has, and a check of duties and templates."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, cast

import typer

from services.notifications.domain.desk import NoticeDesk, open_desk
from services.notifications.domain.handbook import load_handbook
from services.notifications.hears import heard_at
from services.notifications.settings import Settings
from shared.cli import load_settings, service_cli
from shared.rules.reading import PackError
from shared.settings import ServiceSettings

_DEFAULT = ServiceSettings.model_fields["jurisdictions_dir"].default


@cache
def _desk() -> NoticeDesk:
    settings = cast("Settings", load_settings(Settings))
    field_key = settings.field_key.get_secret_value()
    return open_desk(settings.jurisdictions_dir, clock=settings.clock(), field_key=field_key)


app = service_cli("notifications", Settings, heard_at(_desk))


@app.command()
def check(
    jurisdictions: Annotated[Path, typer.Option(help="政策目录 / folder of the packs")] = _DEFAULT,
) -> None:
    """检查事项、提前天数和通知模板 / check duties, offsets and templates."""
    try:
        handbook = load_handbook(jurisdictions)
    except PackError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    kinds, templates = handbook.rules.duty_kinds, handbook.templates.templates
    typer.echo(f"{len(kinds)} 种事项、{len(templates)} 个模板正确")


if __name__ == "__main__":
    app()
