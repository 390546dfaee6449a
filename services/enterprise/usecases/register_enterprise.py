"""Register an enterprise."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.enterprise import says
from services.enterprise.db.bulk_repository import insert_enterprises
from services.enterprise.domain.enterprise import Enterprise
from services.enterprise.domain.entity_kinds import classify_entity, is_candidate
from services.enterprise.domain.errors import EnterpriseAlreadyRegistered, wrong_field
from services.enterprise.domain.rungs import rungs_of
from services.enterprise.usecases.changing import Register
from shared.db.audit import record_change
from shared.outbox.append import append


@dataclass(frozen=True)
class NewEnterprise:
    """What is known about an enterprise when it enters the registry."""

    uscc: str
    name: str
    region_code: str
    park_code: str | None = None
    registered_on: date | None = None
    registered_capital_fen: int | None = None
    industry_code: str | None = None
    address: str | None = None
    business_scope: str | None = None


def enterprise_of(new: NewEnterprise, register: Register) -> Enterprise:
    """Return the enterprise at its first version, on the lowest rung of its ladder."""
    kind = classify_entity(new.uscc, new.name)
    base = register.ladders.for_region(new.region_code).base
    return Enterprise(**asdict(new), version=1, entity_kind=kind, is_candidate=is_candidate(kind), said_rung=base)


async def register_enterprise(session: AsyncSession, register: Register, new: NewEnterprise) -> Enterprise:
    """Add the enterprise and announce it; raises EnterpriseAlreadyRegistered where its code is taken."""
    if new.registered_on is not None and new.registered_on > register.today:
        raise wrong_field("/registered_on", "in_future", "成立日期不能晚于今天")
    enterprise = enterprise_of(new, register)
    timeline = rungs_of(enterprise, register.ladders.for_region(enterprise.region_code))
    if not await insert_enterprises(session, [(enterprise, timeline)]):
        raise EnterpriseAlreadyRegistered(f"统一社会信用代码 {new.uscc} 已经登记")
    state = says.state_of(enterprise, timeline, version=1, today=register.today)
    await append(session, says.registered()(state))
    await record_change(
        session, action="enterprise.register", aggregate="enterprise", aggregate_id=new.uscc, after=asdict(new)
    )
    return enterprise
