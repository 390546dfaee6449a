"""Sign in at the office's own identity provider: lead there, and take what it answers."""

from __future__ import annotations

import secrets

from services.console.clients.identity_provider import IdentityProvider
from services.console.domain.provider_sign_in import SignInAttempt, new_attempt
from services.console.domain.sessions import Session
from shared.auth.verifier import TokenVerifier
from shared.kernel.errors import Unauthenticated


async def begin_at_provider(provider: IdentityProvider) -> tuple[SignInAttempt, str]:
    """Return a new attempt, and where the browser has to go."""
    attempt = new_attempt()
    return attempt, await provider.page_address(attempt)


async def finish_at_provider(
    provider: IdentityProvider,
    verifier: TokenVerifier,
    attempt: SignInAttempt | None,
    *,
    code: str,
    state: str,
    now: int,
) -> Session:
    """Return a new session for an answer that belongs to the attempt; raises Unauthenticated for any other."""
    if attempt is None or not code or not attempt.is_answered_by(state):
        raise Unauthenticated("这次登录没有完成，请重新登录")
    token = await provider.redeem(code, attempt)
    await verifier.verify(token)
    return Session(token, secrets.token_urlsafe(24), now)
