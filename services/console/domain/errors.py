"""Why somebody could not sign in."""

from __future__ import annotations

from shared.kernel.errors import DomainError, Forbidden, Unauthenticated


class WrongCredentials(Unauthenticated):
    """Name and password do not belong together; whether the account exists is not told."""

    code = "wrong_credentials"
    title = "用户名或密码不正确"


class TooManyAttempts(DomainError):
    """Too many failures for this account or from this address."""

    code = "too_many_attempts"
    status = 429
    title = "尝试次数过多"

    def __init__(self, wait_seconds: int) -> None:
        super().__init__(f"请在 {wait_seconds} 秒后再试")
        self.wait_seconds = wait_seconds


class ForeignRequest(Forbidden):
    """A form was sent from another site, or the page it came from is outdated."""

    code = "foreign_request"
    title = "这次提交不是从本系统的页面发出的"
