"""Answers of the console's API."""

from __future__ import annotations

from pydantic import BaseModel


class TokenRead(BaseModel):
    """An access token and what it says."""

    access_token: str
    token_type: str
    expires_in: int
    person_id: str
    name: str
    roles: list[str]
    regions: list[str]
    park_code: str | None
    usccs: list[str]


class MeRead(BaseModel):
    """The signed-in person or service, with the scope that the services apply."""

    subject: str
    person_id: str
    name: str
    roles: list[str]
    sees_everything: bool
    regions: list[str]
    park_code: str | None
    usccs: list[str]
