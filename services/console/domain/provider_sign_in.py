"""One attempt to sign in at an identity provider: what must come back, and the secret that redeems the code (PKCE)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass


@dataclass(frozen=True)
class SignInAttempt:
    """Kept in the browser, sealed, while the person is at the provider's page."""

    state: str
    verifier: str

    @property
    def challenge(self) -> str:
        """What the provider is shown of the verifier (RFC 7636, S256)."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def is_answered_by(self, state: str) -> bool:
        """Tell whether an answer belongs to this attempt."""
        return hmac.compare_digest(self.state.encode(), state.encode())


def new_attempt() -> SignInAttempt:
    """Return an attempt nobody can guess."""
    return SignInAttempt(secrets.token_urlsafe(24), secrets.token_urlsafe(48))
