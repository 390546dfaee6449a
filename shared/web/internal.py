"""What services ask of each other's outboxes: replay, heads, and stamped events. For service accounts only."""

from __future__ import annotations

import base64
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, Field, Strict

from shared.kernel.roles import Role
from shared.outbox.replay import PAGE_SIZE, list_heads, read_page, request_replay
from shared.outbox.stamping import Stamped
from shared.web.access import allow
from shared.web.context import Ctx
from shared.web.edge import EdgeRouter
from shared.web.types import Body, Digits

router = EdgeRouter(prefix="/internal", tags=["internal"])
_TOPIC = r"^[a-z][a-z0-9-]{0,99}$"


class ReplayRequest(Body):
    """Which partition to send again, from which place in its stream."""

    topic: Annotated[str, Field(pattern=_TOPIC, max_length=100)]
    part: Annotated[int, Strict(), Field(ge=0, le=1023)]
    from_pseq: Annotated[int, Strict(), Field(ge=1, le=2**53)]


class HeadRead(BaseModel):
    """How far a partition's stream goes: stamped by the relay, sent to the broker; `head` is the last hash."""

    topic: str
    part: int
    epoch: int
    stamped: int
    sent: int
    head: str


@router.post("/replay", status_code=202)
@allow(Role.SERVICE, Role.ADMINISTRATOR)
async def ask_for_replay(ctx: Ctx, body: ReplayRequest) -> dict[str, str]:
    """请求从某处起重新发送事件 / have the relay send a partition again."""
    await request_replay(ctx.session, topic=body.topic, part=body.part, from_pseq=body.from_pseq)
    return {"state": "accepted"}


@router.get("/heads")
@allow(Role.SERVICE, Role.ADMINISTRATOR, Role.AUDITOR)
async def read_heads(ctx: Ctx) -> list[HeadRead]:
    """本服务事件流的末端 / heads of this service's streams."""
    fields = [vars(head) | {"head": head.head.hex()} for head in await list_heads(ctx.session)]
    return [HeadRead(**head) for head in fields]


@router.get("/events")
@allow(Role.SERVICE)
async def read_events(
    ctx: Ctx,
    topic: Annotated[str, Query(pattern=_TOPIC, max_length=100)],
    part: Annotated[int, Query(ge=0, le=1023), Digits],
    from_pseq: Annotated[int, Query(ge=1, le=2**53), Digits] = 1,
    limit: Annotated[int, Query(ge=1, le=PAGE_SIZE), Digits] = PAGE_SIZE,
) -> list[dict[str, Any]]:
    """已编号的事件,供重建只读副本 / stamped events, for rebuilding a read copy."""
    rows = await read_page(ctx.session, topic=topic, part=part, from_pseq=from_pseq, limit=limit)
    return [_as_json(row) for row in rows]


def _as_json(row: Stamped) -> dict[str, Any]:
    place = {"part": row.part, "epoch": row.epoch, "pseq": row.pseq}
    hashes = {"prev_hash": row.prev_hash.hex(), "hash": row.hash.hex()}
    return {**row.fact._asdict(), **place, **hashes, "body": base64.b64encode(row.fact.body).decode()}
