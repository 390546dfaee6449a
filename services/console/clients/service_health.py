"""How the other services are: what each tells at /health/ready."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

import httpx

_TIMEOUT_SECONDS = 2.0


class ServiceState(StrEnum):
    """What came of asking."""

    READY = "ready"
    NOT_READY = "not_ready"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True)
class ServiceHealth:
    """A service's answer; `told` is what it says of itself, `problem` why it is not ready."""

    name: str
    state: ServiceState
    milliseconds: int
    told: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""


async def ask_services(addresses: Mapping[str, str]) -> list[ServiceHealth]:
    """Ask all services at once; one that does not answer within two seconds is unreachable."""
    async with httpx.AsyncClient(verify=_tls(), timeout=_TIMEOUT_SECONDS, trust_env=False) as client:
        return list(await asyncio.gather(*(_ask(client, name, address) for name, address in addresses.items())))


@cache
def _tls() -> ssl.SSLContext:
    """Reading the authorities' certificates takes longer than all questions together."""
    return ssl.create_default_context()


async def _ask(client: httpx.AsyncClient, name: str, address: str) -> ServiceHealth:
    started = time.perf_counter()
    try:
        answer = await client.get(f"{address}/health/ready")
        told = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        return ServiceHealth(
            name, ServiceState.UNREACHABLE, _since(started), problem=f"没有应答（{type(error).__name__}）"
        )
    if not isinstance(told, dict):
        return ServiceHealth(name, ServiceState.UNREACHABLE, _since(started), problem="应答不是预期的内容")
    texts = {str(key): str(value) for key, value in told.items()}
    if answer.status_code == httpx.codes.OK:
        return ServiceHealth(name, ServiceState.READY, _since(started), told=texts)
    problem = texts.get("detail") or texts.get("title") or str(answer.status_code)
    return ServiceHealth(name, ServiceState.NOT_READY, _since(started), problem=problem)


def _since(started: float) -> int:
    return round((time.perf_counter() - started) * 1000)
