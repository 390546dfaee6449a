"""Candidates: who could be admitted, and why."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from services.pipeline.api.schemas import CandidateRead, DoorId, PoolId
from services.pipeline.usecases.list_candidates import CandidateFilter, list_candidates
from shared.kernel.roles import READERS
from shared.web.access import allow
from shared.web.context import Ctx
from shared.web.edge import EdgeRouter
from shared.web.paging import Page, Paging, page_of
from shared.web.types import Code, RegionCode

router = EdgeRouter(tags=["candidates"])


@router.get("/v1/candidates")
@allow(*READERS)
async def list_page(
    ctx: Ctx,
    page: Paging,
    region_code: Annotated[RegionCode | None, Query()] = None,
    park_code: Annotated[Code | None, Query()] = None,
    pool: Annotated[PoolId | None, Query()] = None,
    door: Annotated[DoorId | None, Query()] = None,
) -> Page[CandidateRead]:
    """候选企业:符合某个入库通道而不在库,写明理由 / enterprises a door stands open to, with why."""
    wanted = CandidateFilter(region_code, park_code, pool, door)
    key = page.key(str)
    rows = await list_candidates(ctx.session, wanted, after=key[0] if key else None, limit=page.limit)
    return page_of([_candidate(row) for row in rows], page.limit, lambda candidate: (candidate.uscc,))


def _candidate(row: dict[str, Any]) -> CandidateRead:
    first = row["doors"][0]
    return CandidateRead.model_validate({**row, "pool": first["pool"], "door": first["door"], "why": first["why"]})
