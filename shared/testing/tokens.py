"""An issuer for tests: signs tokens for any role, and is the key source its verifier asks."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from shared.auth.verifier import TokenVerifier
from shared.kernel.roles import Role

ISSUER = "http://issuer.test"
AUDIENCE = "tidu"
_LIFETIME_SECONDS = 14_400


class TestIssuer:
    """Signs access tokens as the real issuer would."""

    __test__ = False

    def __init__(self) -> None:
        self._key = RSAKey.generate_key(2048, parameters={"kid": "test", "use": "sig", "alg": "RS256"})
        self._tokens: dict[str, str] = {}

    async def get(self, key_id: str | None) -> KeySet:
        """Return the issuer's keys (the verifier's Keys protocol)."""
        return KeySet([self._key])

    def verifier(self) -> TokenVerifier:
        """Return a verifier that trusts this issuer."""
        return TokenVerifier(self, issuer=ISSUER, audience=AUDIENCE, max_age_seconds=_LIFETIME_SECONDS)

    def sign(self, claims: dict[str, Any], header: dict[str, Any] | None = None) -> str:
        """Sign arbitrary claims; what is not given is filled in validly."""
        now = int(time.time())
        full = {"iss": ISSUER, "aud": AUDIENCE, "iat": now, "exp": now + _LIFETIME_SECONDS, **claims}
        return jwt.encode({"alg": "RS256", "typ": "at+jwt", "kid": "test", **(header or {})}, full, self._key)

    def token(
        self,
        role: Role,
        *,
        regions: Sequence[str] = ("530900",),
        subject: str | None = None,
        person_id: str | None = None,
        park_code: str | None = None,
        usccs: Sequence[str] = (),
    ) -> str:
        """Return a token of one role, by default for 临沧 (530900)."""
        name = subject or f"{role.value}-{'-'.join(regions)}"
        claims = {"sub": name, "person_id": person_id or name, "name": name, "roles": [role.value]}
        scope = {"regions": list(regions), "park_code": park_code, "usccs": list(usccs)}
        return self.sign({**claims, **scope})

    def headers(self, role: Role, **scope: Any) -> dict[str, str]:
        """Return the Authorization header of such a token; equal calls give the same token."""
        wanted = repr((role, sorted(scope.items())))
        if wanted not in self._tokens:
            self._tokens[wanted] = self.token(role, **scope)
        return {"Authorization": f"Bearer {self._tokens[wanted]}"}
