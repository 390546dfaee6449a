"""What endpoints need besides the request: the ladders, the sealer, and the paths and roles they share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Depends, Path, Query, Request

from services.enterprise.domain.ladders import Ladders
from services.enterprise.usecases.changing import Register
from shared.kernel.roles import Role
from shared.kernel.sealing import Sealer
from shared.web.context import Ctx
from shared.web.types import Day, Uscc

WRITERS = (Role.CASEWORKER, Role.ADMINISTRATOR)
"""Who keeps the registry; everybody else reads."""


@dataclass(frozen=True)
class Parts:
    """This service's own parts, wired in main."""

    ladders: Ladders
    sealer: Sealer


async def _get_parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


PartsDep = Annotated[Parts, Depends(_get_parts)]


async def _get_register(ctx: Ctx, parts: PartsDep) -> Register:
    return Register(parts.ladders, ctx.today)


RegisterDep = Annotated[Register, Depends(_get_register)]


async def _get_as_of(
    ctx: Ctx, as_of: Annotated[Day | None, Query(description="截至哪一天,默认今天 / as of which day")] = None
) -> date:
    return as_of or ctx.today


AsOf = Annotated[date, Depends(_get_as_of)]
UsccPath = Annotated[Uscc, Path(description="统一社会信用代码 / unified social credit code")]
