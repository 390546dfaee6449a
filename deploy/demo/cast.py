"""Which of the imported enterprises the story is about, and who plays what. The same list gives the same cast."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any

_COMPANY = ("有限公司", "有限责任公司", "股份有限公司")


@dataclass(frozen=True)
class Cast:
    """Codes of enterprises by what happens to them."""

    growing: tuple[str, ...]
    """Above designated size, not yet recognised: they enter the cultivation pool."""
    recognised: tuple[str, ...]
    """Above designated size, recognised as high-tech for the first time."""
    renewed: tuple[str, ...]
    """Above designated size, recognised again after the first certificate ran out."""
    below_scale: tuple[str, ...]
    """Recognised, but below designated size."""
    expiring: tuple[str, ...]
    """Recognised long ago: the certificate runs out within a year."""
    small: tuple[str, ...]
    """On the national list of science SMEs."""

    def everyone(self) -> list[str]:
        """Return all codes."""
        return [uscc for role in fields(self) for uscc in getattr(self, role.name)]


_SIZES = {"recognised": 6, "renewed": 2, "below_scale": 2, "expiring": 3, "small": 6, "growing": 5}


def choose_cast(enterprises: Iterable[dict[str, Any]], *, star: str) -> Cast:
    """Return the cast: `star` (the enterprise whose contact can sign in) first, then limited companies by code."""
    suitable = _suitable(enterprises, star)
    return Cast(**{role: tuple(_take(suitable, size)) for role, size in _SIZES.items()})


def _suitable(enterprises: Iterable[dict[str, Any]], star: str) -> Iterator[str]:
    yield star
    for enterprise in enterprises:
        if enterprise["is_candidate"] and enterprise["uscc"] != star and enterprise["name"].endswith(_COMPANY):
            yield str(enterprise["uscc"])


def _take(suitable: Iterator[str], size: int) -> Iterator[str]:
    for _ in range(size):
        uscc = next(suitable, None)
        if uscc is not None:
            yield uscc
