"""The board: how many stand where."""

from typing import Any

from deploy.demo.screen import Screen
from deploy.demo.stack import Caller
from shared.kernel.regions import find_region

_POOL_STATES = {"none": "不在库", "enrolled": "在库", "graduated": "已达标出库"}


def show_board(caller: Caller, screen: Screen, *, region_code: str) -> dict[str, Any]:
    """Print the region's board by county and rung; returns it."""
    board: dict[str, Any] = caller.get("pipeline", "/v1/boards", region_code=region_code)
    rungs = _rung_labels(caller, region_code)
    counties = sorted({cell["region_code"] for cell in board["cells"]})
    rows = [(_name(code), *(_count(board, code, rung) for rung in rungs)) for code in counties]
    rows.append(("合计", *(board["totals"]["by_rung"].get(rung, 0) for rung in rungs)))
    screen.table(("县区", *rungs.values()), rows)
    states = "，".join(
        f"{label} {board['totals']['by_pool_state'].get(state, 0):,}" for state, label in _POOL_STATES.items()
    )
    totals = board["totals"]
    screen.say(f"培育对象 {totals['count']:,} 户（{states}）；")
    screen.say(f"另有 {totals['marked']:,} 户只留存、不培育（工会、分支机构等）。")
    return board


def show_own_park(committee: Caller, screen: Screen) -> None:
    """Print what the park's committee sees of it."""
    board = committee.get("pipeline", "/v1/boards")
    park = board["scope"]["park_code"]
    screen.say(f"{committee.name}只看得到自己的园区 {park}：{board['totals']['count']:,} 户。")


def _rung_labels(caller: Caller, region_code: str) -> dict[str, str]:
    ladders = caller.get("enterprise", "/v1/ladders")["items"]
    own = next(ladder for ladder in ladders if ladder["jurisdiction"] == region_code)
    return {rung["id"]: rung["label_zh"] for rung in own["rungs"]}


def _count(board: dict[str, Any], region_code: str, rung: str) -> int:
    cells = board["cells"]
    return sum(c["count"] for c in cells if (c["region_code"], c["rung"]) == (region_code, rung))


def _name(region_code: str) -> str:
    region = find_region(region_code)
    return f"{region.name} {region_code}" if region else region_code
