"""Errors are sentences with a status; they are raised where known and rendered in one place (shared.web.problems)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class FieldError:
    """One wrong field: `pointer` is a JSON pointer into the body or a parameter's name, `detail` is Chinese."""

    pointer: str
    code: str
    detail: str


class DomainError(Exception):
    """Base of everything a user may be told. Subclasses set `code`, `status` and the Chinese `title`."""

    code: ClassVar[str] = "domain_error"
    status: ClassVar[int] = 400
    title: ClassVar[str] = "请求无法完成"

    def __init__(self, detail: str = "", *, errors: tuple[FieldError, ...] = ()) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.errors = errors


class NotFound(DomainError):
    """The record does not exist, or lies outside the asker's scope (the two are not told apart)."""

    code = "not_found"
    status = 404
    title = "没有找到这条记录"


class Forbidden(DomainError):
    """The asker's role may not do this."""

    code = "forbidden"
    status = 403
    title = "您的角色不能执行此操作"


class Unauthenticated(DomainError):
    """No valid credentials came with the request."""

    code = "unauthenticated"
    status = 401
    title = "请先登录"


class Conflict(DomainError):
    """The record's present state does not allow this."""

    code = "conflict"
    status = 409
    title = "与当前状态冲突"


class Invalid(DomainError):
    """The input is well-formed but wrong; `errors` says where."""

    code = "invalid"
    status = 422
    title = "提交的内容有误"


class PreconditionRequired(DomainError):
    """A record may only be changed with If-Match (RFC 6585)."""

    code = "precondition_required"
    status = 428
    title = "修改记录需要带上 If-Match"


class PreconditionFailed(DomainError):
    """Somebody changed the record meanwhile (RFC 9110 13.1.1)."""

    code = "precondition_failed"
    status = 412
    title = "记录已被他人修改,请刷新后重试"


class Unavailable(DomainError):
    """A part this request needs is out of order for the moment; the client may retry."""

    code = "unavailable"
    status = 503
    title = "系统暂时不可用,请稍后重试"
