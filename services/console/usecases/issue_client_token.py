"""A service fetches a token of its own (grant client_credentials)."""

from __future__ import annotations

import hmac
import time

from services.console.domain.accounts import service_claims
from services.console.domain.errors import TooManyAttempts, WrongCredentials
from services.console.usecases.issuer import IssuedToken, Issuer, sign_token


def issue_client_token(issuer: Issuer, *, client_id: str, client_secret: str, address: str) -> IssuedToken:
    """Return a token with the role of a service; raises WrongCredentials or TooManyAttempts."""
    account = f"client:{client_id}"
    wait_seconds = issuer.gate.seconds_until_open(account, address, int(time.monotonic()))
    if wait_seconds:
        raise TooManyAttempts(wait_seconds)
    expected = issuer.clients.get(client_id, "")
    if not hmac.compare_digest(expected.encode(), client_secret.encode()) or not expected:
        issuer.gate.record_failure(account, address, int(time.monotonic()))
        raise WrongCredentials()
    return sign_token(issuer, service_claims(client_id), client_id=client_id)
