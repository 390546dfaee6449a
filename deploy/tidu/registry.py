"""The registry from the terminal: list, register, recognise."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import typer

from deploy.tidu.arguments import (
    AsCsv,
    AsJson,
    AsOf,
    Key,
    Limit,
    Output,
    Park,
    Region,
    UsccArgument,
    read_amount,
    read_day,
)
from deploy.tidu.desk import desk_of
from deploy.tidu.listing import Column, form_of, write_list
from deploy.tidu.words import SEQUENCES, STATUSES, Words, last_day, money, place, text


def list_enterprises(
    context: typer.Context,
    region: Region = None,
    park: Park = None,
    rung: Annotated[str | None, typer.Option(metavar="层级", help="如 tech_sme、hnte、leading")] = None,
    q: Annotated[str | None, typer.Option("--q", "-q", metavar="文字", help="名称、信用代码片段")] = None,
    expiring_before: Annotated[
        str | None, typer.Option(metavar="日期", help="证书在此日之前到期", parser=read_day)
    ] = None,
    as_of: AsOf = None,
    limit: Limit = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    output: Output = None,
) -> None:
    """企业名单：表格、JSON 或 CSV。"""
    form = form_of(as_json=as_json, as_csv=as_csv, output=output)
    desk = desk_of(context)
    caller = desk.caller()
    query = {"region_code": region, "park_code": park, "rung": rung, "q": q}
    query |= {"expiring_before": expiring_before, "as_of": as_of}
    items = caller.list_all("enterprise", "/v1/enterprises", **query)
    write_list(desk.terminal, items, _columns(Words(caller)), form=form, limit=limit, output=output)


def _columns(words: Words) -> list[Column]:
    """The headings are those that an import recognises, so that a list can be mended and fed back."""
    return [
        Column("统一社会信用代码", lambda item: item["uscc"]),
        Column("企业名称", lambda item: item["name"]),
        Column("行政区划", lambda item: place(item["region_code"]), in_csv=False),
        Column("行政区划代码", lambda item: item["region_code"], in_table=False),
        Column("园区代码", lambda item: text(item["park_code"])),
        Column("层级", lambda item: words.rung(item["rung"], item["region_code"])),
        Column("层级至", lambda item: last_day(item["rung_until_on"])),
        Column("成立日期", lambda item: text(item["registered_on"]), in_table=False),
        Column("注册资本", lambda item: money(item["registered_capital_fen"]), in_table=False),
        Column("行业代码", lambda item: text(item["industry_code"]), in_table=False),
        Column("培育对象", lambda item: "是" if item["is_candidate"] else "否", in_table=False),
    ]


def register(
    context: typer.Context,
    uscc: UsccArgument,
    name: Annotated[str, typer.Option(metavar="名称", help="企业名称")],
    region: Annotated[str, typer.Option(metavar="区划代码", help="六位行政区划代码")],
    park: Park = None,
    registered_on: Annotated[str | None, typer.Option(metavar="日期", help="成立日期", parser=read_day)] = None,
    capital: Annotated[
        int | None, typer.Option(metavar="金额", help="注册资本，如 500万元", parser=read_amount)
    ] = None,
    industry: Annotated[str | None, typer.Option(metavar="代码", help="行业代码，如 I65")] = None,
    location: Annotated[str | None, typer.Option(metavar="地址", help="住所")] = None,
    business_scope: Annotated[str | None, typer.Option(metavar="文字", help="经营范围")] = None,
    key: Key = None,
) -> None:
    """登记一家企业。"""
    desk = desk_of(context)
    caller = desk.caller()
    body: dict[str, Any] = {"uscc": uscc, "name": name, "region_code": region, "park_code": park}
    body |= {
        "registered_on": registered_on,
        "registered_capital_fen": capital,
        "industry_code": industry,
        "address": location,
    }
    body |= {"business_scope": business_scope}
    made = caller.post("enterprise", "/v1/enterprises", _given(body), key=key)
    rung = Words(caller).rung(made["rung"], made["region_code"])
    desk.terminal.good(f"已登记 {made['name']} {made['uscc']}（{place(made['region_code'])}，{rung}）")


def recognise(
    context: typer.Context,
    uscc: UsccArgument,
    kind: Annotated[str, typer.Option(metavar="种类", help="认定种类，如 hnte、tech_sme、leading")],
    issued_on: Annotated[str, typer.Option(metavar="日期", help="发证日期", parser=read_day)],
    certificate: Annotated[str | None, typer.Option(metavar="编号", help="证书或登记编号")] = None,
    issuer: Annotated[str | None, typer.Option(metavar="机关", help="发证机关")] = None,
    document: Annotated[str | None, typer.Option(metavar="文号", help="认定文件的文号")] = None,
    valid_until: Annotated[
        str | None, typer.Option(metavar="日期", help="有效期至；种类已有期限的可以不给", parser=read_day)
    ] = None,
    level: Annotated[str | None, typer.Option(metavar="级别", help="national、provincial、municipal、county")] = None,
    key: Key = None,
) -> None:
    """登记一项认定，并说明随之发生了什么。"""
    desk = desk_of(context)
    caller, path = desk.caller(), f"/v1/enterprises/{uscc}"
    before = caller.get("enterprise", path)
    body = {"kind": kind, "issued_on": issued_on, "certificate_number": certificate, "issuer": issuer}
    body |= {"document": document, "valid_until_on": valid_until, "level": level}
    made = caller.post("enterprise", f"{path}/recognitions", _given(body), key=key)
    words = Words(caller)
    desk.terminal.good(f"{before['name']}：{words.kind(kind)}，{SEQUENCES.get(made['sequence'], made['sequence'])}")
    desk.terminal.say(_validity(made, date.fromisoformat(before["as_of"])))
    old, new = (words.rung(rung, before["region_code"]) for rung in (before["rung"], made["rung"]))
    desk.terminal.say(f"层级不变：{new}" if old == new else f"层级：{old} → {new}")


def _validity(made: dict[str, Any], today: date) -> str:
    status = STATUSES.get(made["status"], made["status"])
    if made["valid_until_on"] is None:
        return f"{status}，长期有效"
    days = (date.fromisoformat(made["valid_until_on"]) - today).days
    return f"{status}，有效期至 {made['valid_until_on']}" + (f"（还有 {days} 天）" if days >= 0 else "")


def _given(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None}
