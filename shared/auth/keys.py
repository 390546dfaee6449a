"""The issuer's public keys: cached, refreshed on an unknown key id but seldom, and kept while the issuer is away."""

from __future__ import annotations

import asyncio
import time

import httpx
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from shared.kernel.errors import Unavailable

_REFRESH_SECONDS = 30
_FRESH_SECONDS = 600
_log = structlog.get_logger(__name__)


class IssuerKeys:
    """The key set behind a JWKS address. A flood of unknown key ids causes at most one fetch per 30 seconds."""

    def __init__(self, jwks_url: str) -> None:
        self._url = jwks_url
        self._keys: KeySet | None = None
        self._fetched_at = 0.0
        self._tried_at = float(-_REFRESH_SECONDS)
        self._lock = asyncio.Lock()

    async def get(self, key_id: str | None) -> KeySet:
        """Return a key set that holds `key_id` if the issuer knows it; raises Unavailable before the first fetch."""
        if self._keys is None or self._is_stale() or not self._holds(key_id):
            await self._refresh(key_id)
        if self._keys is None:
            raise Unavailable("登录服务暂时不可用,无法核对身份")
        return self._keys

    def _holds(self, key_id: str | None) -> bool:
        return self._keys is not None and any(key.kid == key_id for key in self._keys.keys)

    def _is_stale(self) -> bool:
        return time.monotonic() - self._fetched_at > _FRESH_SECONDS

    async def _refresh(self, key_id: str | None) -> None:
        async with self._lock:
            if self._holds(key_id) and not self._is_stale():
                return
            if self._keys is not None and time.monotonic() - self._tried_at < _REFRESH_SECONDS:
                return
            self._tried_at = time.monotonic()
            try:
                async with httpx.AsyncClient(timeout=5, follow_redirects=False) as client:
                    answer = await client.get(self._url)
                answer.raise_for_status()
                self._keys = KeySet.import_key_set(answer.json())
                self._fetched_at = time.monotonic()
            except (httpx.HTTPError, ValueError, JoseError) as error:
                _log.warning("issuer_keys_unavailable", problem=type(error).__name__)
