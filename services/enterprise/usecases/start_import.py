"""Take an uploaded list and have it imported."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from services.enterprise.db.import_repository import insert_import
from services.enterprise.db.jobs import defer_import
from services.enterprise.domain.errors import wrong_field
from services.enterprise.domain.importing.columns import FIELDS
from services.enterprise.domain.importing.merging import may_write
from services.enterprise.domain.importing.uploads import FileFormat
from services.enterprise.usecases.list_enterprises import common_division
from shared.db.audit import record_change
from shared.kernel.errors import Forbidden
from shared.kernel.roles import Principal, Scope


async def start_import(
    session: AsyncSession,
    principal: Principal,
    *,
    content: bytes,
    file_format: FileFormat,
    file_name: str,
    region_code: str | None,
    mapping: Mapping[str, str],
    dry_run: bool,
) -> UUID:
    """Keep the file and its job in one transaction; rows that name no county lie in `region_code`."""
    region = region_code or _own_division(principal.scope)
    if region is not None and not may_write(principal.scope, region):
        raise Forbidden(f"行政区划 {region} 不在您的管辖范围内")
    if unknown := sorted(set(mapping) - set(FIELDS)):
        detail = f"没有名为 {'、'.join(unknown)} 的字段,可用的有:{'、'.join(FIELDS)}"
        raise wrong_field("mapping", "unknown_field", detail)
    import_id = uuid4()
    digest = hashlib.sha256(content).hexdigest()
    await insert_import(
        session,
        import_id=import_id,
        region_code=region,
        file_name=file_name,
        file_format=file_format,
        file_sha256=digest,
        content=content,
        mapping=mapping,
        principal=principal,
        dry_run=dry_run,
    )
    await defer_import(session, import_id)
    asked = {"file_name": file_name, "file_sha256": digest, "region_code": region, "dry_run": dry_run}
    await record_change(session, action="import.start", aggregate="import", aggregate_id=str(import_id), after=asked)
    return import_id


def _own_division(scope: Scope) -> str | None:
    """Return the division that the importer's office stands for, None for those who see everything."""
    return None if scope.everything else common_division(scope.regions)
