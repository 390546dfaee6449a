"""Sign in with name and password."""

from __future__ import annotations

import asyncio
import time

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from services.console.domain.errors import TooManyAttempts, WrongCredentials
from services.console.usecases.issuer import IssuedToken, Issuer, sign_token

CONSOLE_CLIENT = "console"
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_NOBODYS_HASH = "$argon2id$v=19$m=19456,t=2,p=1$XpOIAQ7tdS8LMnXoEo1uTg$AIIPjCFJJe0ZTyZNei57o0tt8kCgdvNMDa/i2winkMY"


async def issue_person_token(issuer: Issuer, *, username: str, password: str, address: str) -> IssuedToken:
    """Return a token of the account. Unknown accounts cost and answer the same as wrong passwords.

    Raises WrongCredentials, or TooManyAttempts after repeated failures, whatever the password then is.
    """
    wait_seconds = issuer.gate.seconds_until_open(username, address, int(time.monotonic()))
    if wait_seconds:
        raise TooManyAttempts(wait_seconds)
    account = issuer.accounts.get(username)
    async with issuer.hashing:
        matches = await asyncio.to_thread(_verify, account.password_hash if account else _NOBODYS_HASH, password)
    if account is None or not matches:
        issuer.gate.record_failure(username, address, int(time.monotonic()))
        raise WrongCredentials()
    issuer.gate.forget(username, address)
    return sign_token(issuer, account.claims(), client_id=CONSOLE_CLIENT)


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except VerificationError:
        return False
