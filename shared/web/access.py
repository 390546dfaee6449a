"""Every route declares who may use it; one that declares nothing does not start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from shared.kernel.roles import Role

DEFAULT_BODY_BYTES = 1_048_576
UPLOAD_BODY_BYTES = 20_971_520

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


class IfMatch(StrEnum):
    """Whether a route that changes a record heeds If-Match, or insists on it."""

    HEEDED = "heeded"
    REQUIRED = "required"


@dataclass(frozen=True)
class Access:
    """Who may call a route (`roles`, nobody signed in where `is_public`), how large a body it takes, in bytes, and
    what the published contract says of If-Match; the endpoint itself compares the versions (RequestContext).
    """

    roles: frozenset[Role]
    is_public: bool = False
    max_body_bytes: int = DEFAULT_BODY_BYTES
    if_match: IfMatch | None = None


def allow(
    *roles: Role, max_body_bytes: int = DEFAULT_BODY_BYTES, if_match: IfMatch | None = None
) -> Callable[[Endpoint], Endpoint]:
    """Let these roles call the endpoint; what they see and change is narrowed by their scope besides."""
    return _declare(Access(frozenset(roles), max_body_bytes=max_body_bytes, if_match=if_match))


def public(endpoint: Endpoint) -> Endpoint:
    """Let anybody call the endpoint, without signing in."""
    return _declare(Access(frozenset(), is_public=True))(endpoint)


def _declare(access: Access) -> Callable[[Endpoint], Endpoint]:
    def mark(endpoint: Endpoint) -> Endpoint:
        endpoint.__access__ = access  # type: ignore[attr-defined]
        return endpoint

    return mark


def access_of(endpoint: Callable[..., Any]) -> Access:
    """Return what the endpoint declares; raises TypeError where it declares nothing."""
    access = getattr(endpoint, "__access__", None)
    if not isinstance(access, Access):
        raise TypeError(f"{endpoint.__module__}.{endpoint.__name__} declares no access: use @allow(...) or @public")
    return access
