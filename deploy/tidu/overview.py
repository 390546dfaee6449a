"""Where all of them stand: board and awards."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from deploy.tidu.arguments import AsCsv, AsJson, AsOf, Limit, Output, Park, Region, read_uscc
from deploy.tidu.desk import desk_of
from deploy.tidu.listing import Column, form_of, write_list
from deploy.tidu.terminal import Terminal
from deploy.tidu.words import AWARD_STATES, POOL_STATES, Words, money, place, text


def board(
    context: typer.Context, region: Region = None, park: Park = None, as_of: AsOf = None, as_json: AsJson = False
) -> None:
    """看板：各县区、各层级的户数，以及在库情况。"""
    desk = desk_of(context)
    caller = desk.caller()
    read = caller.get("pipeline", "/v1/boards", region_code=region, park_code=park, as_of=as_of)
    if as_json:
        typer.echo(json.dumps(read, ensure_ascii=False, indent=2))
    else:
        _show_board(desk.terminal, Words(caller), read)


def _show_board(terminal: Terminal, words: Words, read: dict[str, Any]) -> None:
    cells, totals = read["cells"], read["totals"]
    counties = sorted({cell["region_code"] for cell in cells})
    known = words.rungs(set(counties))
    rungs = known + sorted({cell["rung"] for cell in cells} - set(known))
    counts: dict[tuple[str, str], int] = {}
    for cell in cells:
        key = (cell["region_code"], cell["rung"])
        counts[key] = counts.get(key, 0) + cell["count"]
    rows: list[list[object]] = [[place(code), *(counts.get((code, rung), 0) for rung in rungs)] for code in counties]
    rows.append(["合计", *(totals["by_rung"].get(rung, 0) for rung in rungs)])
    park = f"，园区 {read['scope']['park_code']}" if read["scope"]["park_code"] else ""
    terminal.heading(f"看板（截至 {read['as_of']}{park}）")
    terminal.table(["县区", *(words.rung(rung, counties[0] if counties else None) for rung in rungs)], rows)
    states = "，".join(f"{POOL_STATES.get(state, state)} {n:,}" for state, n in totals["by_pool_state"].items())
    terminal.say(f"培育对象 {totals['count']:,} 户" + (f"（{states}）" if states else ""))
    terminal.say(f"另有 {totals['marked']:,} 户只留存、不培育（工会、分支机构等）")


def list_awards(
    context: typer.Context,
    uscc: Annotated[str | None, typer.Option(metavar="信用代码", help="只看一家企业", parser=read_uscc)] = None,
    state: Annotated[list[str] | None, typer.Option(metavar="状态", help=f"可重复：{'、'.join(AWARD_STATES)}")] = None,
    region: Region = None,
    rule: Annotated[str | None, typer.Option(metavar="规则", help="奖补条款规则")] = None,
    limit: Limit = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    output: Output = None,
) -> None:
    """奖补名单：受益者、条款、金额、状态。"""
    form = form_of(as_json=as_json, as_csv=as_csv, output=output)
    desk = desk_of(context)
    query = {"uscc": uscc, "state": state or None, "region_code": region, "rule": rule}
    items = desk.caller().list_all("awards", "/v1/awards", **query)
    write_list(desk.terminal, items, _COLUMNS, form=form, limit=limit, output=output)


_COLUMNS = [
    Column("受益者", lambda item: item["beneficiary_name"]),
    Column("统一社会信用代码", lambda item: text(item["uscc"]), in_table=False),
    Column("条款", lambda item: item["label_zh"]),
    Column("规则", lambda item: item["grant_rule_id"], in_table=False),
    Column("金额", lambda item: money(item["amount_fen"], unknown="待定")),
    Column("状态", lambda item: AWARD_STATES.get(item["state"], item["state"])),
    Column("触发日", lambda item: item["trigger_on"]),
    Column("行政区划", lambda item: place(item["region_code"]), in_table=False),
    Column("编号", lambda item: item["id"], in_table=False),
]
