"""The read copy of enterprises: the newest state wins, older ones are skipped."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.awards.db.tables import KnownEnterprise
from shared.events.enterprise import EnterpriseState


async def keep_enterprise(session: AsyncSession, enterprise: EnterpriseState) -> bool:
    """Keep this state of the enterprise, and tell whether it is newer than what was known."""
    row = {
        "uscc": enterprise.uscc,
        "version": enterprise.version,
        "region_code": enterprise.region_code,
        "park_code": enterprise.park_code,
        "state": enterprise.model_dump(mode="json"),
    }
    statement = insert(KnownEnterprise).values(row)
    newer = statement.on_conflict_do_update(
        index_elements=["uscc"],
        set_={name: statement.excluded[name] for name in row if name != "uscc"},
        where=col(KnownEnterprise.version) < statement.excluded.version,
    ).returning(col(KnownEnterprise.uscc))
    return (await session.execute(newer)).first() is not None


async def find_enterprise(session: AsyncSession, uscc: str) -> EnterpriseState | None:
    """Return what is known of the enterprise, None where nothing is in the asker's scope."""
    state = await session.scalar(sa.select(col(KnownEnterprise.state)).where(col(KnownEnterprise.uscc) == uscc))
    return EnterpriseState.model_validate(state) if state is not None else None
