"""List the recognitions of an enterprise."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from services.enterprise.db.enterprise_repository import find_enterprise
from services.enterprise.domain.enterprise import Recognition
from services.enterprise.domain.errors import EnterpriseNotFound


async def list_recognitions(
    session: AsyncSession, uscc: str, *, after: tuple[str, str] | None, limit: int
) -> list[Recognition]:
    """Return up to `limit` recognitions by date of issue after a sort key (issue date, id)."""
    enterprise = await find_enterprise(session, uscc)
    if enterprise is None:
        raise EnterpriseNotFound(f"没有统一社会信用代码为 {uscc} 的企业,或不在您的管辖范围内")
    return [r for r in enterprise.recognitions if after is None or recognition_key(r) > after][:limit]


def recognition_key(recognition: Recognition) -> tuple[str, str]:
    """Return the sort key of the list."""
    return recognition.issued_on.isoformat(), str(recognition.id)
