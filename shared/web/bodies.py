"""Request bodies at the door: the declared media type, not too large, and JSON that can be read in one way only."""

from __future__ import annotations

import json
import math
from email.message import Message
from typing import Any, NoReturn

from fastapi import Request

from shared.kernel.errors import DomainError, FieldError, Invalid

JSON = "application/json"
MULTIPART = "multipart/form-data"
FORMS = frozenset({MULTIPART, "application/x-www-form-urlencoded"})
MAX_DEPTH = 32
MAX_VALUES = 10_000
"""No body of ours is deeper or has more values by far; lists of enterprises come as files."""


class BodyTooLarge(DomainError):
    """The request's body exceeds what the route takes."""

    code = "body_too_large"
    status = 413
    title = "提交的内容过大"


class UnsupportedMediaType(DomainError):
    """The body is not of a kind the route reads."""

    code = "unsupported_media_type"
    status = 415
    title = "不支持这种内容类型"


async def read_body(request: Request, limit: int, media_type: str | None) -> None:
    """Read the body up to `limit` bytes, and its JSON where the route takes JSON; what is larger is not kept.

    FastAPI finds both on the request and reads neither again.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise BodyTooLarge(f"最多 {limit // 1024} KiB")
    request._body = bytes(body)
    if body and media_type is not None:
        _check_media_type(request.headers.get("content-type", ""), media_type)
        if media_type == JSON:
            request._json = parse_json(request._body)


async def comparable_body(request: Request) -> bytes:
    """Return the body as two attempts of one request compare: clients draw a form's boundary anew each time."""
    header, body = Message(), await request.body()
    header["content-type"] = request.headers.get("content-type", "")
    boundary = header.get_boundary()
    return body.replace(f"--{boundary}".encode(), b"--") if boundary else body


def _check_media_type(given: str, wanted: str) -> None:
    header = Message()
    header["content-type"] = given
    kind = header.get_content_type() if given else ""
    if wanted == JSON:
        fits = kind == JSON or (kind.startswith("application/") and kind.endswith("+json"))
    else:
        fits = kind == wanted or (wanted in FORMS and kind in FORMS)
    if not fits:
        raise UnsupportedMediaType(f"请以 {wanted} 提交")


def parse_json(body: bytes) -> Any:
    """Return what the text says (RFC 8259, UTF-8); raises Invalid where readers could differ about it.

    Refused are names given twice, NaN and infinities, numbers too large to hold, halves of surrogate pairs, and
    more levels or values than anybody needs.
    """
    try:
        text = body.decode("utf-8")
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse, parse_float=_finite)
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode()
    except RecursionError as error:
        raise _wrong("json_too_deep", f"嵌套过深,最多{MAX_DEPTH}层") from error
    except ValueError as error:
        raise _wrong("json_invalid", "不是有效的 JSON") from error
    _check_extent(value)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise _wrong("duplicate_key", "同一名称出现了两次")
    return members


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        _refuse(text)
    return number


def _refuse(text: str) -> NoReturn:
    raise ValueError(text)


def _check_extent(value: Any) -> None:
    """Count levels and values, breadth first: a deep value must not exhaust the stack here either."""
    depth, count, level = 0, 1, [value]
    while level := [item for item in level if isinstance(item, dict | list)]:
        depth, count = depth + 1, count + sum(map(len, level))
        if depth > MAX_DEPTH:
            raise _wrong("json_too_deep", f"嵌套过深,最多{MAX_DEPTH}层")
        if count > MAX_VALUES:
            raise _wrong("json_too_many", f"内容过多,最多{MAX_VALUES}项")
        level = [inner for item in level for inner in (item.values() if isinstance(item, dict) else item)]


def _wrong(code: str, detail: str) -> Invalid:
    return Invalid(detail, errors=(FieldError("", code, detail),))
