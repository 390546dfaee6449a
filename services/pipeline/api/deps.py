"""What the pipeline's endpoints share: the desk with the rules, who may write, and cursors over ids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request

from services.pipeline.domain.desk import CultivationDesk
from shared.kernel.errors import FieldError, Invalid
from shared.kernel.roles import Role
from shared.web.paging import PageRequest

WRITERS = (Role.CASEWORKER, Role.ADMINISTRATOR)
"""Who cultivates: bureau staff, and administrators in their stead."""


async def _get_desk(request: Request) -> CultivationDesk:
    desk: CultivationDesk = request.app.state.desk
    return desk


Desk = Annotated[CultivationDesk, Depends(_get_desk)]
"""The pools and rules this process was started with."""


def id_after(page: PageRequest) -> UUID | None:
    """Return the id that the cursor names, None on the first page."""
    key = page.key(str)
    try:
        return UUID(key[0]) if key else None
    except ValueError as error:
        detail = "请使用上一页返回的 next_cursor"
        raise Invalid("cursor 无效", errors=(FieldError("cursor", "invalid_cursor", detail),)) from error


def id_key(row: Mapping[str, Any]) -> tuple[str]:
    """Return the sort key of a row listed by id."""
    return (str(row["id"]),)
