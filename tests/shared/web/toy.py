"""A service of one table, small enough to see the edge by itself."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import sqlalchemy as sa
from fastapi import FastAPI, Form, Response, UploadFile
from pydantic import BaseModel

from shared.auth.verifier import TokenVerifier
from shared.db.audit import record_change
from shared.db.engine import Database
from shared.kernel.clock import FixedClock
from shared.kernel.errors import Conflict, NotFound
from shared.kernel.roles import READERS, Role
from shared.web.access import IfMatch, allow, public
from shared.web.app import create_app
from shared.web.context import Ctx, etag_of
from shared.web.edge import Edge, EdgeRouter
from shared.web.paging import Page, Paging, page_of
from shared.web.types import Body, Count, Day, Fen, RegionCode, Text, Uscc

router = EdgeRouter(prefix="/v1/things")
_INSERT = sa.text("INSERT INTO things (uscc, region_code, name) VALUES (:uscc, :region_code, :name) RETURNING id")


class ThingCreate(Body):
    uscc: Uscc
    region_code: RegionCode = "530902"
    name: Text
    amount_fen: Fen | None = None
    staff_count: Count | None = None
    since_on: Day | None = None


class ThingRead(BaseModel):
    id: int
    name: str


@router.post("", status_code=201)
@allow(Role.CASEWORKER, Role.ADMINISTRATOR)
async def create_thing(ctx: Ctx, body: ThingCreate) -> ThingRead:
    row = await ctx.session.execute(_INSERT, body.model_dump(include={"uscc", "region_code", "name"}))
    number = row.scalar_one()
    await record_change(ctx.session, action="create", aggregate="thing", aggregate_id=str(number), after={"n": number})
    if body.name == "冲突":
        raise Conflict("名字冲突")
    return ThingRead(id=number, name=body.name)


@router.get("")
@allow(*READERS)
async def list_things(ctx: Ctx, paging: Paging) -> Page[ThingRead]:
    after = paging.key(int)
    statement = sa.text("SELECT id, name FROM things WHERE id > :after ORDER BY id LIMIT :n")
    rows = await ctx.session.execute(statement, {"after": after[0] if after else 0, "n": paging.limit + 1})
    items = [ThingRead(id=row.id, name=row.name) for row in rows]
    return page_of(items, paging.limit, lambda item: (item.id,))


@router.get("/{number}")
@allow(*READERS)
async def get_thing(ctx: Ctx, number: int, response: Response) -> ThingRead:
    row = (await ctx.session.execute(sa.text("SELECT id, name FROM things WHERE id = :id"), {"id": number})).first()
    if row is None:
        raise NotFound()
    response.headers["ETag"] = etag_of(row.id)
    return ThingRead(id=row.id, name=row.name)


@router.patch("/{number}")
@allow(Role.CASEWORKER, Role.ADMINISTRATOR, if_match=IfMatch.REQUIRED)
async def rename_thing(ctx: Ctx, number: int) -> ThingRead:
    ctx.require_match(number)
    await ctx.session.execute(sa.text("UPDATE things SET name = '新' WHERE id = :id"), {"id": number})
    return ThingRead(id=number, name="新")


@router.post("/late-failure")
@allow(Role.CASEWORKER)
async def fail_at_commit(ctx: Ctx) -> ThingRead:
    await ctx.session.execute(sa.text("INSERT INTO deferred (id) VALUES (1), (1)"))
    return ThingRead(id=0, name="不会提交")


@router.post("/defect")
@allow(Role.CASEWORKER)
async def fail_unexpectedly(ctx: Ctx) -> ThingRead:
    raise RuntimeError("nobody foresaw this")


@router.post("/uploads")
@allow(Role.CASEWORKER)
async def upload(ctx: Ctx, file: UploadFile, dry_run: Annotated[bool, Form()] = False) -> dict[str, bool]:
    return {"dry_run": dry_run}


@router.get("/meta/today")
@public
async def get_today(ctx: Ctx) -> dict[str, date]:
    return {"today": ctx.today}


async def _ready() -> dict[str, str]:
    return {"toy": "yes"}


def build_toy(database: Database, verifier: TokenVerifier) -> FastAPI:
    edge = Edge(database=database, verifier=verifier, clock=FixedClock(date(2026, 11, 21)))
    return create_app(title="toy", edge=edge, routers=[router], ready=_ready)
