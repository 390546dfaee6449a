"""The demo users as the sign-in page shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.console.domain.accounts import Account
from services.console.domain.labels import place_name
from services.console.usecases.issuer import Issuer

_EVERYWHERE = "全部地区"


@dataclass(frozen=True)
class DemoGroup:
    """The demo users of one jurisdiction."""

    title: str
    accounts: Sequence[Account]


def list_demo_users(issuer: Issuer) -> list[DemoGroup]:
    """Return the accounts by jurisdiction, those that see everything first."""
    groups: dict[str, list[Account]] = {}
    for account in issuer.accounts.values():
        groups.setdefault(_title(account), []).append(account)
    return [DemoGroup(title, accounts) for title, accounts in groups.items()]


def _title(account: Account) -> str:
    if not account.regions:
        return _EVERYWHERE
    code = account.regions[0]
    return f"{place_name(code)} {code}"
