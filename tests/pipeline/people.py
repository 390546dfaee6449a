"""People who ask the pipeline's API, and the short forms of what they do most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from shared.kernel.roles import Role
from shared.testing.tokens import TestIssuer


@dataclass
class Person:
    """Somebody signed in, talking to the API."""

    client: httpx.AsyncClient
    headers: Mapping[str, str]

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.client.get(path, params=params, headers=dict(self.headers))

    async def post(self, path: str, body: Mapping[str, Any] | None = None, **headers: str) -> httpx.Response:
        extra = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.post(path, json=body, headers={**self.headers, **extra})

    async def items(self, path: str, **params: Any) -> list[dict[str, Any]]:
        answer = await self.get(path, **params)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    async def made(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        answer = await self.post(path, body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found


def person(client: httpx.AsyncClient, issuer: TestIssuer, role: Role, **scope: Any) -> Person:
    """Sign somebody in, by default for 临沧."""
    return Person(client, issuer.headers(role, **scope))
