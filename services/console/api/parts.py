"""What the routes find on the application: the parts that main wired."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from services.console.clients.identity_provider import IdentityProvider
from services.console.domain.sessions import SessionSealer
from services.console.usecases.issuer import Issuer
from shared.kernel.errors import NotFound


@dataclass(frozen=True)
class PageParts:
    """What the pages need: sessions, and where the services are, for us (`addresses`) and for a browser."""

    sealer: SessionSealer
    secure_cookies: bool
    addresses: Mapping[str, str]
    public_addresses: Mapping[str, str]
    mail_address: str
    has_htmx: bool
    provider: IdentityProvider | None = None


@dataclass(frozen=True)
class Parts:
    """All parts; `issuer` is None where people sign in elsewhere."""

    issuer: Issuer | None
    pages: PageParts


def parts_of(request: Request) -> Parts:
    """Return the parts of the application that serves this request."""
    parts = request.app.state.parts
    assert isinstance(parts, Parts)  # noqa: S101 - build_app put it there
    return parts


async def _get_issuer(request: Request) -> Issuer:
    issuer = parts_of(request).issuer
    assert issuer is not None  # noqa: S101 - these routes are mounted only where there is one
    return issuer


async def _get_pages(request: Request) -> PageParts:
    return parts_of(request).pages


async def _get_provider(request: Request) -> IdentityProvider:
    provider = parts_of(request).pages.provider
    if provider is None:
        raise NotFound("没有设置统一身份认证")
    return provider


LocalIssuer = Annotated[Issuer, Depends(_get_issuer)]
Pages = Annotated[PageParts, Depends(_get_pages)]
Provider = Annotated[IdentityProvider, Depends(_get_provider)]


def address_of(request: Request) -> str:
    """Return where the request comes from, as far as this process can tell."""
    return request.client.host if request.client else "unknown"
