"""What the routes need besides the edge's context."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from services.awards.domain.desk import GrantDesk


async def _get_desk(request: Request) -> GrantDesk:
    desk: GrantDesk = request.app.state.desk
    return desk


Desk = Annotated[GrantDesk, Depends(_get_desk)]
