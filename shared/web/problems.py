"""Every error as problem+json (RFC 9457) in Chinese, rendered here and nowhere else."""

from __future__ import annotations

from typing import Any, get_args

import psycopg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from pydantic_core.core_schema import ErrorType
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from shared.kernel.errors import Conflict, DomainError, FieldError, Forbidden, Invalid, Unavailable
from shared.telemetry.context import correlation_id
from shared.web.routes import walk_routes

MEDIA_TYPE = "application/problem+json"
_log = structlog.get_logger(__name__)

_MESSAGES = {
    "missing": "缺少此项",
    "extra_forbidden": "不接受此项",
    "string_type": "应为文本",
    "string_too_long": "过长,最多{max_length}个字符",
    "string_too_short": "过短,最少{min_length}个字符",
    "string_pattern_mismatch": "格式不正确",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "string_unicode": "含有不完整的字符",
    "dict_type": "应为 JSON 对象",
    "date_from_datetime_parsing": "应为日期,如 2026-05-31",
    "date_from_datetime_inexact": "应为日期,如 2026-05-31",
    "date_parsing": "应为日期,如 2026-05-31",
    "date_type": "应为日期,如 2026-05-31",
    "uuid_parsing": "应为 UUID",
    "enum": "只能是 {expected} 之一",
    "literal_error": "只能是 {expected} 之一",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "greater_than": "必须大于 {gt}",
    "json_invalid": "不是有效的 JSON",
    "model_attributes_type": "应为 JSON 对象",
    "list_type": "应为列表",
    "too_long": "项目过多,最多{max_length}项",
    "too_short": "项目过少,最少{min_length}项",
}
_KINDS = frozenset(get_args(ErrorType))
_MAX_FIELDS = 50
_MAX_TEXT = 200
_MAX_DETAIL = 1000
_HTTP_TITLES = {404: "没有这个地址", 405: "这个地址不支持该方法", 400: "请求有误", 413: "提交的内容过大"}


class ProblemField(BaseModel):
    """Where an input is wrong: a JSON pointer (or a parameter's name), a code and a Chinese sentence."""

    pointer: str
    code: str
    detail: str


class Problem(BaseModel):
    """The shape of every error answer (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str | None = None
    instance: str | None = None
    code: str
    trace_id: str | None = None
    errors: list[ProblemField] | None = None


def problem_response(request: Request, error: DomainError, headers: dict[str, str] | None = None) -> JSONResponse:
    """Render an error as the answer to a request."""
    correlation = correlation_id()
    problem = Problem(
        type=f"/problems/{error.code}",
        title=error.title,
        status=error.status,
        detail=error.detail[:_MAX_DETAIL] or None,
        instance=request.url.path[:_MAX_DETAIL],
        code=error.code,
        trace_id=str(correlation) if correlation else None,
        errors=[_shown(field) for field in error.errors[:_MAX_FIELDS]] or None,
    )
    extra = dict(headers or {})
    if error.status == 401:
        extra["WWW-Authenticate"] = "Bearer"
    if error.status == 503:
        extra["Retry-After"] = "2"
    return JSONResponse(problem.model_dump(exclude_none=True), error.status, extra, MEDIA_TYPE)


def _shown(field: FieldError) -> ProblemField:
    """Cut what an attacker made long: an answer must not grow with the request."""
    return ProblemField(pointer=field.pointer[:_MAX_TEXT], code=field.code, detail=field.detail[:_MAX_TEXT])


def install_problem_handlers(app: FastAPI) -> None:
    """Make the application answer every error as a problem."""
    app.add_exception_handler(DomainError, _on_domain_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(DBAPIError, _on_database_error)
    app.add_exception_handler(psycopg.Error, _on_database_error)
    app.add_exception_handler(PoolTimeout, _on_pool_timeout)


async def _on_domain_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DomainError)  # noqa: S101 - registered for this class only
    return problem_response(request, error)


async def _on_validation_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class only
    fields = tuple(_field_error(item) for item in error.errors()[:_MAX_FIELDS])
    first = f"{fields[0].pointer}:{fields[0].detail}" if fields else ""
    return problem_response(request, Invalid(first, errors=fields))


def _field_error(item: dict[str, Any]) -> FieldError:
    """Translate one pydantic error; the message of our own validators and errors is Chinese already."""
    source, *path = item["loc"]
    pointer = "".join(map(_step, path)) if source == "body" else ".".join(map(str, path)) or str(source)
    kind, context = item["type"], item.get("ctx") or {}
    if kind == "value_error":
        detail = str(context.get("error", "")) or "不正确"
    elif kind in _MESSAGES:
        expected = str(context.get("expected", "")).replace(" or ", "、").replace(", ", "、")
        detail = _MESSAGES[kind].format_map({**context, "expected": expected})
    else:
        detail = "不正确" if kind in _KINDS else item["msg"]
    return FieldError(pointer, kind, detail)


def _step(part: object) -> str:
    """Write one step of a JSON pointer (RFC 6901)."""
    return "/" + str(part).replace("~", "~0").replace("/", "~1")


async def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class only
    if error.status_code == 405 and request.method == "OPTIONS":
        return Response(status_code=204, headers={"Allow": ", ".join(sorted(_allowed_methods(request)))})
    problem = DomainError()
    problem.status = error.status_code  # type: ignore[misc]
    problem.code = {404: "no_such_path", 405: "method_not_allowed"}.get(error.status_code, "http_error")  # type: ignore[misc]
    problem.title = _HTTP_TITLES.get(error.status_code, "请求无法完成")  # type: ignore[misc]
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(sorted(_allowed_methods(request)))
    return problem_response(request, problem, headers)


def _allowed_methods(request: Request) -> set[str]:
    """Collect the methods of all routes of the path; the router itself would name the first one's only."""
    matching = (route for route in walk_routes(request.app) if route.path_regex.match(request.url.path))
    methods = {method for route in matching for method in route.methods or ()}
    return methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())


async def _on_database_error(request: Request, error: Exception) -> JSONResponse:
    original = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(original, "sqlstate", None) or ("22000" if isinstance(original, psycopg.DataError) else "")
    diag = getattr(original, "diag", None)
    constraint = getattr(diag, "constraint_name", None)
    is_lost = isinstance(error, DBAPIError) and error.connection_invalidated
    translated = translate_sqlstate(state, connection_lost=is_lost)
    if translated is None:
        return await answer_unexpected(request, error)
    _log.warning("database_refused", sqlstate=state, constraint=constraint)
    return problem_response(request, translated)


def translate_sqlstate(state: str, *, connection_lost: bool = False) -> DomainError | None:
    """Return what a database error means to a client; None where it is a defect of ours."""
    if connection_lost or state.startswith(("08", "53", "57P")) or state in ("40001", "40P01", "55P03", "57014", ""):
        return Unavailable("数据库暂时不可用,请稍后重试")
    if state in ("23505", "23P01"):
        return Conflict("已有相同的记录")
    if state == "23503":
        return Conflict("所引用的记录不存在或仍被使用")
    if state in ("23514", "23502") or state.startswith("22"):
        return Invalid("有一项的值不被接受")
    if state == "42501":
        return Forbidden("这条记录不在您的管辖范围内")
    return None


async def _on_pool_timeout(request: Request, error: Exception) -> JSONResponse:
    return problem_response(request, Unavailable("系统繁忙,请稍后重试"))


async def answer_unexpected(request: Request, error: Exception) -> JSONResponse:
    """Answer a defect of ours: it is logged whole, the client learns the id under which."""
    _log.error("unexpected_error", path=request.url.path, problem=type(error).__name__, exc_info=error)
    unexpected = DomainError("请把追踪号告诉管理员")
    unexpected.code, unexpected.status, unexpected.title = "internal_error", 500, "系统内部错误"  # type: ignore[misc]
    return problem_response(request, unexpected)
