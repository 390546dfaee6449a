"""What the routes need besides the edge's context."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from services.notifications.domain.desk import NoticeDesk
from shared.kernel.errors import FieldError, Invalid
from shared.web.paging import PageRequest


async def _get_desk(request: Request) -> NoticeDesk:
    desk: NoticeDesk = request.app.state.desk
    return desk


Desk = Annotated[NoticeDesk, Depends(_get_desk)]


def after_day(paging: PageRequest) -> tuple[date, UUID] | None:
    """Read the cursor of a list sorted by a day and an id."""
    key = paging.key(str, str)
    try:
        return (date.fromisoformat(key[0]), UUID(key[1])) if key else None
    except ValueError as error:
        raise _bad_cursor() from error


def after_text(paging: PageRequest) -> tuple[str, UUID] | None:
    """Read the cursor of a list sorted by a text and an id."""
    key = paging.key(str, str)
    try:
        return (key[0], UUID(key[1])) if key else None
    except ValueError as error:
        raise _bad_cursor() from error


def after_id(paging: PageRequest) -> UUID | None:
    """Read the cursor of a list sorted by id."""
    key = paging.key(str)
    try:
        return UUID(key[0]) if key else None
    except ValueError as error:
        raise _bad_cursor() from error


def _bad_cursor() -> Invalid:
    return Invalid("cursor 无效", errors=(FieldError("cursor", "invalid_cursor", "请使用上一页返回的 next_cursor"),))
