"""Lists by cursor: `?limit=&cursor=` → {"items": […], "next_cursor": …}. The cursor is the last item's sort key."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel

from shared.kernel.errors import FieldError, Invalid
from shared.web.types import Digits

Item = TypeVar("Item")
DEFAULT_LIMIT = 50
MAX_LIMIT = 200
_MAX_CURSOR = 500


class Page(BaseModel, Generic[Item]):
    """One page of a list; `next_cursor` is null on the last."""

    items: list[Item]
    next_cursor: str | None


@dataclass(frozen=True)
class PageRequest:
    """How many items, and after which sort key (None for the first page)."""

    limit: int
    after: tuple[str | int, ...] | None

    def key(self, *types: type) -> tuple[Any, ...] | None:
        """Return the sort key with its parts checked against `types`; raises Invalid on a foreign cursor."""
        if self.after is None:
            return None
        if len(self.after) != len(types) or not all(isinstance(p, t) for p, t in zip(self.after, types, strict=True)):
            raise _bad_cursor()
        return self.after


def encode_cursor(key: Sequence[str | int]) -> str:
    """Write a sort key as an opaque text."""
    return base64.urlsafe_b64encode(json.dumps(list(key), ensure_ascii=False).encode()).rstrip(b"=").decode()


def decode_cursor(cursor: str) -> tuple[str | int, ...]:
    """Read what encode_cursor wrote; raises Invalid on anything else."""
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise _bad_cursor() from error
    if not isinstance(key, list) or not key or not all(type(part) in (str, int) for part in key):
        raise _bad_cursor()
    if not all(_is_storable(part) for part in key):
        raise _bad_cursor()
    return tuple(key)


def _is_storable(part: str | int) -> bool:
    """Tell whether the part can be compared with anything: sixty-three bits, or text that PostgreSQL can hold."""
    if isinstance(part, int):
        return abs(part) < 2**63
    return "\x00" not in part and not any("\ud800" <= char <= "\udfff" for char in part)


def _bad_cursor() -> Invalid:
    return Invalid("cursor 无效", errors=(FieldError("cursor", "invalid_cursor", "请使用上一页返回的 next_cursor"),))


def page_of(items: Sequence[Item], limit: int, key: Callable[[Item], Sequence[str | int]]) -> Page[Item]:
    """Make a page of up to limit + 1 fetched items: one more than asked tells that there is a next page."""
    shown = list(items[:limit])
    more = len(items) > limit
    return Page(items=shown, next_cursor=encode_cursor(key(shown[-1])) if more else None)


async def _get_page_request(
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="每页条数 / items per page"), Digits] = DEFAULT_LIMIT,
    cursor: Annotated[
        str | None, Query(max_length=_MAX_CURSOR, description="上一页的 next_cursor / of the last page")
    ] = None,
) -> PageRequest:
    return PageRequest(limit, decode_cursor(cursor) if cursor else None)


Paging = Annotated[PageRequest, Depends(_get_page_request)]
