"""The command line of the pipeline service: what every service has, and the board proven and rebuilt."""

from __future__ import annotations

from functools import cache
from itertools import islice

import typer

from services.pipeline.domain.desk import CultivationDesk, open_desk
from services.pipeline.hears import heard_at
from services.pipeline.settings import Settings
from services.pipeline.usecases.rebuild_board import rebuild_board
from services.pipeline.usecases.verify_board import verify_board
from shared.cli import load_settings, run_in_transaction, service_cli

_SHOWN = 20


@cache
def _desk() -> CultivationDesk:
    settings = load_settings(Settings)
    return open_desk(settings.jurisdictions_dir, settings.clock())


app = service_cli("pipeline", Settings, heard_at(_desk))


@app.command()
def verify() -> None:
    """逐户重新计数,与看板核对,任何一天都应一致 / prove the board against a recount."""
    proof = run_in_transaction(Settings, verify_board)
    typer.echo(f"{proof.enterprise_count} 家,不符 {len(proof.wrong_days)} 处,汇总不符 {proof.wrong_mark_count} 处")
    for (day, cell), difference in islice(sorted(proof.wrong_days.items()), _SHOWN):
        typer.echo(f"{day} {'/'.join(map(str, cell))}:差 {difference:+d}", err=True)
    if not proof.holds:
        raise typer.Exit(1)


@app.command()
def rebuild() -> None:
    """从企业事实和在库记录重建看板,期间照常可查 / build the board anew while the old one serves."""
    count = run_in_transaction(Settings, lambda session: rebuild_board(session, today=_desk().clock.today()))
    typer.echo(f"已按 {count} 家企业重建 / rebuilt")


if __name__ == "__main__":
    app()
