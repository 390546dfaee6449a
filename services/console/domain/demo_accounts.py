"""The demo users of a trial on one machine: every role in each demo jurisdiction, each another person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.console.domain.accounts import Account, Accounts
from services.console.domain.labels import place_name
from shared.kernel.roles import Role

PASSWORD = "demo"  # noqa: S105 - printed at every local start, refused in production
_HASH = "$argon2id$v=19$m=19456,t=2,p=1$XpOIAQ7tdS8LMnXoEo1uTg$bIIPjCFJJe0ZTyZNei57o0tt8kCgdvNMDa/i2winkMY"


@dataclass(frozen=True)
class DemoJurisdiction:
    """A demo jurisdiction and the invented enterprise whose contact can sign in."""

    code: str
    enterprise_uscc: str
    enterprise_name: str


JURISDICTIONS = (
    DemoJurisdiction("530900", "91530900MA0000015K", "临沧演示一号科技有限公司"),
    DemoJurisdiction("530400", "91530400MA0000015R", "玉溪演示一号科技有限公司"),
    DemoJurisdiction("371300", "91371300MA00000154", "临沂演示一号科技有限公司"),
    DemoJurisdiction("533100", "91533100MA0000015F", "德宏演示一号科技有限公司"),
    DemoJurisdiction("620723", "91620723MA00000156", "临泽演示一号科技有限公司"),
)

_BUREAU_STAFF = (
    ("caseworker", Role.CASEWORKER, "科技局经办人"),
    ("science", Role.SCIENCE_REVIEWER, "科技局审核人"),
    ("finance", Role.FINANCE_REVIEWER, "财政局审核人"),
    ("government", Role.GOVERNMENT_APPROVER, "政府审批人"),
    ("specialist", Role.SPECIALIST, "科技特派员"),
)


def demo_accounts(park_names: Mapping[str, str]) -> Accounts:
    """Return all demo accounts by login; `park_names` maps park codes to names, where the jurisdiction names any."""
    staff = [
        _account("admin", Role.ADMINISTRATOR, "系统管理员"),
        _account("auditor", Role.AUDITOR, "审计员"),
    ]
    for jurisdiction in JURISDICTIONS:
        staff += _accounts_of(jurisdiction, park_names)
    return {account.login: account for account in staff}


def _accounts_of(jurisdiction: DemoJurisdiction, park_names: Mapping[str, str]) -> Iterator[Account]:
    code = jurisdiction.code
    place = place_name(code)
    for prefix, role, label in _BUREAU_STAFF:
        yield _account(f"{prefix}-{code}", role, f"{place}{label}", regions=(code,))
    park = f"{code}-park-1"
    label = f"{park_names.get(park, place + '园区')}管委会"
    yield _account(f"committee-{code}", Role.PARK_COMMITTEE, label, regions=(code,), park_code=park)
    label, own = f"{jurisdiction.enterprise_name}联系人", (jurisdiction.enterprise_uscc,)
    yield _account(f"enterprise-{code}", Role.ENTERPRISE_CONTACT, label, regions=(code,), usccs=own)


def _account(
    login: str,
    role: Role,
    label: str,
    *,
    regions: tuple[str, ...] = (),
    park_code: str | None = None,
    usccs: tuple[str, ...] = (),
) -> Account:
    return Account(
        login=login,
        person_id=f"demo-person-{login}",
        name=f"{label}（演示）",
        role=role,
        password_hash=_HASH,
        regions=regions,
        park_code=park_code,
        usccs=usccs,
        label_zh=label,
    )
