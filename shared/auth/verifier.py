"""Access tokens (RFC 9068): strict form first, then the allowed algorithms, the signature, and the claims."""

from __future__ import annotations

import base64
import binascii
import json
import re
import time
from typing import Any, Protocol

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from shared.auth.principals import principal_of
from shared.kernel.errors import Unauthenticated
from shared.kernel.roles import Principal

ALGORITHMS = ["RS256", "PS256", "ES256"]
_MAX_LENGTH = 8192
_FORM = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_HEADER_KEYS = {"alg", "kid", "typ"}
_LEEWAY_SECONDS = 30
_CACHE_SIZE = 4096


class Keys(Protocol):
    """Where the verifier finds the issuer's keys."""

    async def get(self, key_id: str | None) -> KeySet:
        """Return a key set that holds `key_id` if the issuer knows it."""


class TokenVerifier:
    """Turns a bearer token into a principal, or raises Unauthenticated. Remembers verified tokens until they expire."""

    def __init__(
        self,
        keys: Keys,
        *,
        issuer: str,
        audience: str,
        max_age_seconds: int,
        token_types: tuple[str, ...] = ("at+jwt",),
    ) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._max_age_seconds = max_age_seconds
        self._token_types = token_types
        self._verified: dict[str, tuple[int, Principal]] = {}

    async def verify(self, token: str) -> Principal:
        """Return the principal of a valid token."""
        known = self._verified.get(token)
        if known is not None and known[0] > time.time():
            return known[1]
        claims = await self._read_claims(token)
        principal = principal_of(claims)
        if len(self._verified) >= _CACHE_SIZE:
            self._verified.clear()
        self._verified[token] = (int(claims["exp"]), principal)
        return principal

    async def _read_claims(self, token: str) -> dict[str, Any]:
        header = self._read_header(token)
        keys = await self._keys.get(header["kid"])
        try:
            decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
        except (JoseError, ValueError, TypeError) as error:
            raise Unauthenticated("登录凭证无效") from error
        self._check_claims(decoded.claims)
        return decoded.claims

    def _read_header(self, token: str) -> dict[str, Any]:
        if len(token) > _MAX_LENGTH or not _FORM.fullmatch(token) or not all(map(_is_canonical, token.split("."))):
            raise Unauthenticated("登录凭证的格式不正确")
        try:
            header = json.loads(_decode(token.split(".")[0]))
        except ValueError as error:
            raise Unauthenticated("登录凭证的格式不正确") from error
        if (
            not isinstance(header, dict)
            or set(header) - _HEADER_KEYS
            or header.get("alg") not in ALGORITHMS
            or header.get("typ") not in self._token_types
            or not isinstance(header.get("kid"), str)
        ):
            raise Unauthenticated("登录凭证的类型或算法不被接受")
        return header

    def _check_claims(self, claims: dict[str, Any]) -> None:
        now = int(time.time())
        issued, expires = claims.get("iat"), claims.get("exp")
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        if claims.get("iss") != self._issuer or self._audience not in audiences:
            raise Unauthenticated("登录凭证不是发给本系统的")
        if type(issued) is not int or type(expires) is not int or not isinstance(claims.get("sub"), str):
            raise Unauthenticated("登录凭证缺少必要内容")
        starts = claims.get("nbf", issued)
        if type(starts) is not int or max(issued, starts) > now + _LEEWAY_SECONDS:
            raise Unauthenticated("登录凭证尚未生效")
        if expires <= now or expires - issued > self._max_age_seconds:
            raise Unauthenticated("登录已过期,请重新登录")


def _decode(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _is_canonical(part: str) -> bool:
    """Refuse base64url whose unused bits are set: two texts must not stand for one signature."""
    try:
        return base64.urlsafe_b64encode(_decode(part)).rstrip(b"=").decode() == part
    except (ValueError, binascii.Error):
        return False
