"""An OpenID Connect provider: where its page is, and exchanging the code that its answer carries for a token."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx

from services.console.domain.provider_sign_in import SignInAttempt
from shared.kernel.errors import Unauthenticated, Unavailable

_TIMEOUT_SECONDS = 5.0


@dataclass
class IdentityProvider:
    """The provider that the settings name. Its endpoints are looked up once; redirects are not followed."""

    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str
    _endpoints: dict[str, Any] = field(default_factory=dict)

    async def page_address(self, attempt: SignInAttempt) -> str:
        """Return where to send the browser."""
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": "openid",
            "state": attempt.state,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
        }
        return f"{await self._endpoint('authorization_endpoint')}?{urlencode(query)}"

    async def redeem(self, code: str, attempt: SignInAttempt) -> str:
        """Return the access token for a code; raises Unauthenticated where the provider refuses it."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "code_verifier": attempt.verifier,
        }
        answer = await self._send("POST", await self._endpoint("token_endpoint"), data=form)
        token = answer.get("access_token")
        if not isinstance(token, str):
            raise Unauthenticated("统一身份认证没有给出登录凭证")
        return token

    async def _endpoint(self, name: str) -> str:
        if not self._endpoints:
            found = await self._send("GET", f"{self.issuer}/.well-known/openid-configuration")
            if found.get("issuer") != self.issuer:
                raise Unavailable("统一身份认证的说明与设置的地址不符")
            self._endpoints = found
        return str(self._endpoints[name])

    async def _send(self, method: str, address: str, **request: Any) -> dict[str, Any]:
        try:
            async with httpx.AsyncClient(timeout=_TIMEOUT_SECONDS, follow_redirects=False) as client:
                answer = await client.request(method, address, **request)
            content = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise Unavailable("统一身份认证暂时不可用") from error
        if answer.is_client_error:
            raise Unauthenticated("统一身份认证没有接受这次登录")
        if not answer.is_success or not isinstance(content, dict):
            raise Unavailable("统一身份认证暂时不可用")
        return content
