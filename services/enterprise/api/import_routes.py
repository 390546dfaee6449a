"""Imports: upload a list, follow it, fetch what was refused."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import File, Form, Path, Query, Response, UploadFile
from pydantic import BaseModel

from services.enterprise.api.deps import WRITERS
from services.enterprise.domain.errors import wrong_field
from services.enterprise.domain.importing.progress import Import, ImportState, RowState
from services.enterprise.domain.importing.uploads import MAX_FILE_BYTES, check_upload
from services.enterprise.usecases.make_error_workbook import make_error_workbook
from services.enterprise.usecases.read_imports import get_import, list_import_rows, list_imports
from services.enterprise.usecases.start_import import start_import
from shared.kernel.errors import FieldError, Invalid
from shared.kernel.roles import Role
from shared.web.access import allow
from shared.web.bodies import parse_json
from shared.web.context import Ctx
from shared.web.edge import EdgeRouter
from shared.web.paging import Page, Paging, page_of
from shared.web.types import RegionCode

router = EdgeRouter(prefix="/v1/imports", tags=["imports"])
_FORM_BYTES = 65_536
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_READERS = (*WRITERS, Role.AUDITOR)
ImportId = Annotated[UUID, Path(description="导入 / import")]


class ImportRead(BaseModel):
    """An import and how far it has come; in a dry run the counts say what would happen.

    `marked_count` of the accepted rows are kept but are no candidates (trade unions, branches, …).
    """

    id: UUID
    state: ImportState
    dry_run: bool
    file_name: str
    region_code: str | None
    columns: dict[str, str] | None
    total_count: int | None
    done_count: int
    created_count: int
    updated_count: int
    unchanged_count: int
    error_count: int
    marked_count: int
    failure: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class RowErrorRead(BaseModel):
    """Why a row was refused."""

    column: str
    code: str
    detail: str


class ImportRowRead(BaseModel):
    """What became of one line of the file."""

    line: int
    state: RowState
    uscc: str | None
    is_marked: bool
    errors: list[RowErrorRead]
    notes: list[str]


@router.post("", status_code=202)
@allow(*WRITERS, max_body_bytes=MAX_FILE_BYTES + _FORM_BYTES)
async def create(
    ctx: Ctx,
    response: Response,
    file: Annotated[UploadFile, File(description=".xlsx 或 .csv(UTF-8、GBK)")],
    dry_run: Annotated[bool, Form(description="只试算,不写入 / judge only")] = False,
    region_code: Annotated[RegionCode | None, Form(description="没有写明县区的行归入此区划")] = None,
    mapping: Annotated[str | None, Form(description='JSON:字段 → 表头,如 {"name": "单位"}', max_length=4000)] = None,
) -> ImportRead:
    """上传企业名单,由后台逐块导入 / upload a list; the worker imports it chunk by chunk."""
    content = await file.read()
    import_id = await start_import(
        ctx.session,
        ctx.principal,
        content=content,
        file_format=await asyncio.to_thread(check_upload, content),
        file_name=_file_name(file.filename),
        region_code=region_code,
        mapping=_read_mapping(mapping),
        dry_run=dry_run,
    )
    response.headers["Location"] = f"/v1/imports/{import_id}"
    return _shown(await get_import(ctx.session, import_id))


@router.get("")
@allow(*_READERS)
async def list_all(ctx: Ctx, paging: Paging) -> Page[ImportRead]:
    """历次导入,新的在前 / imports, newest first."""
    found = await list_imports(ctx.session, before=_before(paging.key(str, str)), limit=paging.limit + 1)
    page = page_of(found, paging.limit, lambda item: (item.created_at.isoformat(), str(item.id)))
    return Page(items=[_shown(item) for item in page.items], next_cursor=page.next_cursor)


@router.get("/{import_id}")
@allow(*_READERS)
async def read(ctx: Ctx, import_id: ImportId) -> ImportRead:
    """一次导入的进度与结果 / one import's progress and result."""
    return _shown(await get_import(ctx.session, import_id))


@router.get("/{import_id}/rows")
@allow(*_READERS)
async def list_rows(
    ctx: Ctx,
    paging: Paging,
    import_id: ImportId,
    state: Annotated[RowState | None, Query(description="结果 / what became of it")] = None,
) -> Page[ImportRowRead]:
    """逐行结果 / what became of each line."""
    after = paging.key(int)
    rows = await list_import_rows(
        ctx.session, import_id, state=state, after=after[0] if after else 0, limit=paging.limit + 1
    )
    page = page_of(rows, paging.limit, lambda row: (row.line,))
    items = [ImportRowRead.model_validate(row, from_attributes=True) for row in page.items]
    return Page(items=items, next_cursor=page.next_cursor)


@router.get("/{import_id}/errors.xlsx", response_class=Response, responses={200: {"content": {_XLSX: {}}}})
@allow(*_READERS)
async def read_errors(ctx: Ctx, import_id: ImportId) -> Response:
    """错误行工作簿:改好后可直接再次上传 / the refused rows, to be mended and uploaded again."""
    body = await make_error_workbook(ctx.session, import_id)
    headers = {"Content-Disposition": f'attachment; filename="errors-{import_id}.xlsx"'}
    return Response(body, media_type=_XLSX, headers=headers)


def _shown(item: Import) -> ImportRead:
    headings = item.headings or ()
    columns = None if item.columns is None else {field: headings[at] for field, at in item.columns.items()}
    return ImportRead.model_validate({**vars(item), "columns": columns})


def _file_name(name: str | None) -> str:
    """Return a name fit to be shown: no folders, nothing invisible."""
    plain = (name or "").replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(char for char in plain if char.isprintable())[:200] or "未命名"


def _read_mapping(text: str | None) -> dict[str, str]:
    try:
        mapping = parse_json(text.encode()) if text else {}
    except Invalid as error:
        raise wrong_field("mapping", "mapping_unreadable", f"mapping {error.detail}") from error
    if not isinstance(mapping, dict) or not all(isinstance(value, str) for value in mapping.values()):
        raise wrong_field("mapping", "invalid", 'mapping 应为 {"字段": "表头"}')
    return mapping


def _before(key: tuple[str, str] | None) -> tuple[datetime, UUID] | None:
    if key is None:
        return None
    try:
        return datetime.fromisoformat(key[0]), UUID(key[1])
    except ValueError as error:
        wrong = FieldError("cursor", "invalid_cursor", "请使用上一页返回的 next_cursor")
        raise Invalid("cursor 无效", errors=(wrong,)) from error
