"""The local issuer: its parts, and how a token is signed (RFC 9068)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from joserfc import jwt

from services.console.db.signing_keys import SigningKeys
from services.console.domain.accounts import Accounts
from services.console.domain.attempts import AttemptGate


@dataclass(frozen=True)
class Issuer:
    """What issuing takes. `clients` maps a service's client id to its secret.

    Checking a password takes 19 MiB, hence `hashing` lets in few at once.
    """

    address: str
    audience: str
    lifetime_seconds: int
    keys: SigningKeys
    accounts: Accounts
    clients: Mapping[str, str]
    gate: AttemptGate = field(default_factory=AttemptGate)
    hashing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))


@dataclass(frozen=True)
class IssuedToken:
    """A signed access token and the claims in it."""

    access_token: str
    expires_in_seconds: int
    claims: dict[str, Any]


def sign_token(issuer: Issuer, about: Mapping[str, Any], *, client_id: str) -> IssuedToken:
    """Sign an access token that says `about` its subject."""
    now = int(time.time())
    claims = {
        "iss": issuer.address,
        "aud": issuer.audience,
        "iat": now,
        "exp": now + issuer.lifetime_seconds,
        "jti": uuid4().hex,
        "client_id": client_id,
        **about,
    }
    key = issuer.keys.current
    header = {"alg": "RS256", "typ": "at+jwt", "kid": str(key.kid)}
    return IssuedToken(jwt.encode(header, claims, key, algorithms=["RS256"]), issuer.lifetime_seconds, claims)
