"""The command line of the awards service: what every service has, and a check of the packs."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Annotated

import typer

from services.awards.domain.cases import faults_of, load_cases, run_case
from services.awards.domain.desk import GrantDesk, open_desk
from services.awards.hears import heard_at
from services.awards.settings import Settings
from shared.cli import load_settings, service_cli
from shared.kernel.clock import SystemClock
from shared.rules.documents import load_sources
from shared.rules.grants import GrantPack
from shared.rules.packs import check_every_reading
from shared.rules.quotes import stands_in, texts_by_hash
from shared.rules.reading import PackError
from shared.rules.schemas import file_schema
from shared.settings import ServiceSettings

Folder = Annotated[Path, typer.Option("--jurisdictions", help="政策目录 / folder of the packs")]
_DEFAULT = ServiceSettings.model_fields["jurisdictions_dir"].default


@cache
def _desk() -> GrantDesk:
    settings = load_settings(Settings)
    return open_desk(settings.jurisdictions_dir, settings.clock())


app = service_cli("awards", Settings, heard_at(_desk))
packs = typer.Typer(no_args_is_help=True)
app.add_typer(packs, name="packs", help="政策包 / policy packs")


@packs.command()
def check(
    jurisdictions: Folder = _DEFAULT,
    sources: Annotated[Path | None, typer.Option(help="政策原文目录 / folder of the documents' texts")] = None,
) -> None:
    """检查政策包:格式、引用、每种读法,以及引文是否见于原文 / check the packs and their quotes."""
    try:
        library = open_desk(jurisdictions, SystemClock()).library
        for loaded in library.packs:
            folder = loaded.file.parents[1]
            check_every_reading(loaded.file, load_sources(folder / "sources.yaml"), library.catalogue, library.kinds)
    except PackError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    texts = texts_by_hash(sources) if sources else {}
    missing = [
        f"{loaded.file.name}:{rule.id} 的引文({provision.id})不见于原文"
        for loaded, rule in library.rules()
        for provision in rule.provisions
        if sources and not stands_in(provision.quote, texts.get(loaded.document.text_sha256, ""))
    ]
    for line in missing:
        typer.echo(line, err=True)
    if missing:
        raise typer.Exit(1)
    quotes = "引文已核对" if sources else "未核对引文(用 --sources 指定原文目录)"
    typer.echo(f"{len(library.packs)} 个政策包、{len(list(library.rules()))} 条规则正确;{quotes}")


@packs.command("test")
def run_cases(jurisdictions: Folder = _DEFAULT) -> None:
    """运行政策包旁的用例 / run the cases beside the packs."""
    library = open_desk(jurisdictions, SystemClock()).library
    failed = count = 0
    for file in sorted(jurisdictions.glob("*/grants/*.cases.yaml")):
        for case in load_cases(file)[1]:
            count += 1
            for fault in faults_of(case, run_case(case, library)):
                failed += 1
                typer.echo(f"{file.name}「{case.name}」:{fault}", err=True)
    typer.echo(f"{count} 个用例,{failed} 处不符")
    if failed:
        raise typer.Exit(1)


@packs.command()
def schema() -> None:
    """输出政策包的 JSON Schema,供编辑器提示 / print the JSON Schema of packs for editors."""
    typer.echo(json.dumps(file_schema(GrantPack), ensure_ascii=False, indent=2))


if __name__ == "__main__":
    app()
