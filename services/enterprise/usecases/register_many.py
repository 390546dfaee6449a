"""Register many enterprises at once."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.enterprise import says
from services.enterprise.db.bulk_repository import insert_enterprises, record_registrations
from services.enterprise.domain.enterprise import Enterprise
from services.enterprise.domain.errors import EnterpriseAlreadyRegistered
from services.enterprise.domain.importing.rows import RowData
from services.enterprise.domain.rungs import RungHeld, rungs_of
from services.enterprise.usecases.changing import Register
from shared.events.base import Event
from shared.outbox.append import append_all


async def register_many(session: AsyncSession, register: Register, rows: Sequence[RowData], *, reason: str) -> None:
    """Add the enterprises of some rows and announce each; EnterpriseAlreadyRegistered where a rival was faster."""
    added = [_new_enterprise(row, register) for row in rows]
    free = await insert_enterprises(session, added)
    if len(free) < len(added):
        raise EnterpriseAlreadyRegistered("有企业刚刚被他人登记")
    await append_all(session, [_registered(enterprise, timeline, register) for enterprise, timeline in added])
    await record_registrations(session, [enterprise for enterprise, _ in added], reason=reason)


def _new_enterprise(row: RowData, register: Register) -> tuple[Enterprise, tuple[RungHeld, ...]]:
    ladder = register.ladders.for_region(row.region_code)
    enterprise = Enterprise(
        uscc=row.uscc,
        version=1,
        name=row.name,
        entity_kind=row.entity_kind,
        is_candidate=row.is_candidate,
        region_code=row.region_code,
        said_rung=ladder.base,
        park_code=row.park_code,
        registered_on=row.registered_on,
        registered_capital_fen=row.registered_capital_fen,
        industry_code=row.industry_code,
        address=row.address,
        business_scope=row.business_scope,
    )
    return enterprise, rungs_of(enterprise, ladder)


def _registered(enterprise: Enterprise, timeline: tuple[RungHeld, ...], register: Register) -> Event:
    return says.registered()(says.state_of(enterprise, timeline, version=1, today=register.today))
