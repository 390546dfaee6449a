"""Where the services are: told on the command line, by the environment, at the last sign-in, or on this machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from deploy.local.config import read_config
from deploy.local.ports import LOOPBACK
from deploy.tidu.calling import SERVICES

PARTS = ("console", *SERVICES)
_ON_THIS_MACHINE = (LOOPBACK, "localhost", "::1")


class WrongAddress(ValueError):
    """An address that cannot be used, with what is wrong."""


@dataclass(frozen=True)
class Addresses:
    """The address of each part; `chosen` are those that somebody named."""

    chosen: Mapping[str, str]
    local: Mapping[str, str] = field(default_factory=dict)

    def of(self, part: str) -> str:
        """Return the address of a part, without a slash at its end."""
        return self.chosen.get(part) or self.local[part]

    def is_in_clear(self, part: str) -> bool:
        """Tell whether what is sent there can be read on the way."""
        url = urlsplit(self.of(part))
        return url.scheme == "http" and url.hostname not in _ON_THIS_MACHINE


def variable(part: str) -> str:
    """Return the environment variable that names a part's address."""
    return f"TIDU_ADDRESS_{part.upper()}"


def find_addresses(told: Sequence[str], environment: Mapping[str, str], saved: Mapping[str, str]) -> Addresses:
    """Choose: what is told goes before the environment, that before what the last sign-in used; else this machine."""
    config = read_config(environment)
    local = {part: config.address(part) for part in PARTS}
    named = {part: _checked(environment[variable(part)]) for part in PARTS if environment.get(variable(part))}
    chosen = {part: address for part, address in saved.items() if part in PARTS}
    return Addresses({**chosen, **named, **_read(told, local)}, local)


def _read(told: Sequence[str], local: Mapping[str, str]) -> dict[str, str]:
    """Read `service=address`, or one address of a host on which all parts have their usual ports."""
    read: dict[str, str] = {}
    for text in told:
        part, separator, address = text.partition("=")
        if not separator:
            host = _checked(text)
            if urlsplit(host).port is not None:
                raise WrongAddress(f"“{text}”写了端口，请说明是哪个服务，如 enterprise={text}")
            read |= {each: f"{host}:{urlsplit(local[each]).port}" for each in PARTS}
        elif part in PARTS:
            read[part] = _checked(address)
        else:
            raise WrongAddress(f"没有服务“{part}”，可用的有：{' '.join(PARTS)}")
    return read


def _checked(address: str) -> str:
    plain = address.strip().rstrip("/")
    try:
        url = urlsplit(plain)
        is_right = url.scheme in ("http", "https") and url.hostname and url.port != 0
    except ValueError:
        is_right = False
    if not is_right or url.username or url.query or url.fragment:
        raise WrongAddress(f"“{address}”不是服务地址，应如 http://127.0.0.1:8001")
    return plain
