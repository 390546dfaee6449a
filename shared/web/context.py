"""What an endpoint gets: the open transaction, who asks, the clock, and the record version the client saw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from shared.kernel.clock import Clock
from shared.kernel.errors import PreconditionFailed, PreconditionRequired
from shared.kernel.roles import Principal


@dataclass(frozen=True)
class RequestContext:
    """One request: its transaction, committed by the edge after the endpoint returns, and its principal."""

    session: AsyncSession
    principal: Principal
    clock: Clock
    if_match: str | None = None

    @property
    def today(self) -> date:
        """The business date."""
        return self.clock.today()

    def require_match(self, version: int) -> None:
        """Refuse a change without If-Match (428) or based on another version of the record (412)."""
        if self.if_match is None:
            raise PreconditionRequired()
        self.check_match(version)

    def check_match(self, version: int) -> None:
        """Refuse a change whose If-Match, where given, names another version of the record (412)."""
        if self.if_match not in (None, "*", etag_of(version)):
            raise PreconditionFailed(f"您看到的版本是 {self.if_match},现在是 {etag_of(version)}")


def etag_of(version: int) -> str:
    """Return the strong entity tag of a record's version."""
    return f'"{version}"'


async def _get_context(request: Request) -> RequestContext:
    context: RequestContext = request.state.context
    return context


Ctx = Annotated[RequestContext, Depends(_get_context)]
