"""Begin a browser session with name and password."""

from __future__ import annotations

import secrets

from services.console.domain.sessions import Session
from services.console.usecases.issue_person_token import issue_person_token
from services.console.usecases.issuer import Issuer


async def open_session(issuer: Issuer, *, username: str, password: str, address: str, now: int) -> Session:
    """Return a new session; raises WrongCredentials or TooManyAttempts. Each sign-in begins another session."""
    issued = await issue_person_token(issuer, username=username, password=password, address=address)
    return Session(issued.access_token, secrets.token_urlsafe(24), now)
