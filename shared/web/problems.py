"""Every error as problem+json (RFC 9457) in Chinese, rendered here and nowhere else."""

from __future__ import annotations

from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
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
    "date_from_datetime_parsing": "应为日期,如 2026-05-31",
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
        detail=error.detail or None,
        instance=request.url.path,
        code=error.code,
        trace_id=str(correlation) if correlation else None,
        errors=[ProblemField(pointer=e.pointer, code=e.code, detail=e.detail) for e in error.errors] or None,
    )
    extra = dict(headers or {})
    if error.status == 401:
        extra["WWW-Authenticate"] = "Bearer"
    if error.status == 503:
        extra["Retry-After"] = "2"
    return JSONResponse(problem.model_dump(exclude_none=True), error.status, extra, MEDIA_TYPE)


def install_problem_handlers(app: FastAPI) -> None:
    """Make the application answer every error as a problem."""
    app.add_exception_handler(DomainError, _on_domain_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(DBAPIError, _on_database_error)
    app.add_exception_handler(PoolTimeout, _on_pool_timeout)
    app.add_exception_handler(Exception, _on_unexpected_error)


async def _on_domain_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DomainError)  # noqa: S101 - registered for this class only
    return problem_response(request, error)


async def _on_validation_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class only
    fields = tuple(_field_error(item) for item in error.errors())
    first = f"{fields[0].pointer}:{fields[0].detail}" if fields else ""
    return problem_response(request, Invalid(first, errors=fields))


def _field_error(item: dict[str, Any]) -> FieldError:
    """Translate one pydantic error; the message of our own validators is Chinese already."""
    source, *path = item["loc"]
    pointer = "/" + "/".join(map(str, path)) if source == "body" else ".".join(map(str, path)) or str(source)
    kind, context = item["type"], item.get("ctx") or {}
    if kind == "value_error":
        detail = str(context.get("error", "")) or "不正确"
    else:
        detail = _MESSAGES.get(kind, "不正确").format_map({"expected": "", **context})
    return FieldError(pointer, kind, detail)


async def _on_http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class only
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
    return {method for route in matching for method in route.methods or ()}


async def _on_database_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DBAPIError)  # noqa: S101 - registered for this class only
    state = getattr(error.orig, "sqlstate", None) or ""
    diag = getattr(error.orig, "diag", None)
    constraint = getattr(diag, "constraint_name", None)
    translated = translate_sqlstate(state, connection_lost=error.connection_invalidated)
    if translated is None:
        return await _on_unexpected_error(request, error)
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


async def _on_unexpected_error(request: Request, error: Exception) -> JSONResponse:
    _log.error("unexpected_error", path=request.url.path, problem=type(error).__name__, exc_info=error)
    unexpected = DomainError("请把追踪号告诉管理员")
    unexpected.code, unexpected.status, unexpected.title = "internal_error", 500, "系统内部错误"  # type: ignore[misc]
    return problem_response(request, unexpected)
