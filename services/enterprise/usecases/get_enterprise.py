"""Get one enterprise as of a day."""

from __future__ import annotations

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.enterprise.db.enterprise_queries import find_enterprise_json
from services.enterprise.db.enterprise_repository import find_version
from services.enterprise.domain.errors import EnterpriseNotFound


async def get_enterprise(session: AsyncSession, uscc: str, *, as_of: date) -> tuple[int, bytes]:
    """Return the version and the JSON of the enterprise; raises EnterpriseNotFound outside the asker's scope."""
    found = await find_enterprise_json(session, uscc, as_of)
    if found is None:
        raise EnterpriseNotFound(f"没有统一社会信用代码为 {uscc} 的企业,或不在您的管辖范围内")
    return found[0], found[1].encode()


async def get_version(session: AsyncSession, uscc: str) -> int:
    """Return the enterprise's version; raises EnterpriseNotFound outside the asker's scope."""
    version = await find_version(session, uscc)
    if version is None:
        raise EnterpriseNotFound(f"没有统一社会信用代码为 {uscc} 的企业,或不在您的管辖范围内")
    return version
