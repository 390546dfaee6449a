"""Integrity blocks: record, list, release."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

from fastapi import Path, Response

from services.enterprise.api.deps import WRITERS, RegisterDep, UsccPath
from services.enterprise.api.schemas import BlockCreate, BlockRead, BlockRelease, BlockResult
from services.enterprise.usecases.changing import open_enterprise
from services.enterprise.usecases.list_blocks import list_blocks
from services.enterprise.usecases.raise_block import raise_block
from services.enterprise.usecases.release_block import release_block
from shared.kernel.roles import READERS
from shared.web.access import IfMatch, allow
from shared.web.context import Ctx, etag_of
from shared.web.edge import EdgeRouter
from shared.web.paging import Page

router = EdgeRouter(prefix="/v1/enterprises/{uscc}/blocks", tags=["blocks"])


@router.post("", status_code=201)
@allow(*WRITERS, if_match=IfMatch.HEEDED)
async def create(ctx: Ctx, register: RegisterDep, response: Response, uscc: UsccPath, body: BlockCreate) -> BlockResult:
    """登记限制:经营异常、事故、失信等 / record an integrity block."""
    before = await open_enterprise(ctx.session, uscc)
    ctx.check_match(before.version)
    after, block = await raise_block(ctx.session, register, before, **body.model_dump())
    response.headers["ETag"] = etag_of(after.version)
    return BlockResult(uscc=uscc, version=after.version, **asdict(block))


@router.get("")
@allow(*READERS)
async def list_all(ctx: Ctx, uscc: UsccPath) -> Page[BlockRead]:
    """企业的限制记录,含已解除的 / blocks, released ones too."""
    blocks = await list_blocks(ctx.session, uscc)
    return Page(items=[BlockRead(**asdict(block)) for block in blocks], next_cursor=None)


@router.post("/{block_id}/release", status_code=201)
@allow(*WRITERS, if_match=IfMatch.HEEDED)
async def release(
    ctx: Ctx,
    register: RegisterDep,
    response: Response,
    uscc: UsccPath,
    block_id: Annotated[UUID, Path(description="限制记录 / block")],
    body: BlockRelease,
) -> BlockResult:
    """解除限制并说明理由 / release a block, with a reason."""
    before = await open_enterprise(ctx.session, uscc)
    ctx.check_match(before.version)
    released_on = body.released_on or ctx.today
    after, block = await release_block(
        ctx.session, register, before, block_id, released_on=released_on, reason=body.reason
    )
    response.headers["ETag"] = etag_of(after.version)
    return BlockResult(uscc=uscc, version=after.version, **asdict(block))
