"""The board: counts by rung, pool state, county and park, as of any day."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from services.pipeline.api.schemas import BoardCell, BoardRead, BoardScopeRead, BoardTotals
from services.pipeline.domain.board_scope import board_scope
from services.pipeline.usecases.show_board import Board, show_board
from shared.kernel.roles import BUREAU_ROLES, Role
from shared.web.access import allow
from shared.web.context import Ctx
from shared.web.edge import EdgeRouter
from shared.web.types import Code, Day, RegionCode

router = EdgeRouter(tags=["boards"])

BOARD_READERS = (*sorted(BUREAU_ROLES), Role.PARK_COMMITTEE, Role.ADMINISTRATOR, Role.AUDITOR)
"""Who has a territory; specialists and enterprises have enterprises, not boards."""


@router.get("/v1/boards")
@allow(*BOARD_READERS)
async def show(
    ctx: Ctx,
    region_code: Annotated[RegionCode | None, Query(description="区划 / division, with all below it")] = None,
    park_code: Annotated[Code | None, Query(description="园区 / park")] = None,
    as_of: Annotated[Day | None, Query(description="哪一天,默认今天 / as of which day")] = None,
) -> BoardRead:
    """看板:按梯度、在库状态、县区和园区计数;园区管委会只看本园区 / the board of a day."""
    scope = board_scope(ctx.principal, region_code=region_code, park_code=park_code)
    return _read(await show_board(ctx.session, scope, as_of or ctx.today))


def _read(board: Board) -> BoardRead:
    cells = [
        BoardCell(
            rung=cell.rung,
            pool_state=cell.pool_state,
            region_code=cell.region_code,
            park_code=cell.park_code or None,
            count=count,
        )
        for cell, count in board.cells.items()
    ]
    regions = board.scope.region_codes
    return BoardRead(
        as_of=board.as_of,
        scope=BoardScopeRead(region_codes=None if regions is None else list(regions), park_code=board.scope.park_code),
        cells=cells,
        totals=BoardTotals(
            count=sum(board.cells.values()),
            marked=board.marked_count,
            by_rung=board.count_by("rung"),
            by_pool_state=board.count_by("pool_state"),
        ),
    )
