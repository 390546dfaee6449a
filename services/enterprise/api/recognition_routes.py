"""Recognitions: record, list, revoke."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Response

from services.enterprise.api.deps import WRITERS, RegisterDep, UsccPath
from services.enterprise.api.schemas import RecognitionCreate, RecognitionRead, RecognitionResult, RevocationCreate
from services.enterprise.domain.enterprise import Enterprise, Recognition
from services.enterprise.domain.recognitions import status_on
from services.enterprise.usecases.changing import open_enterprise
from services.enterprise.usecases.grant_recognition import Grant, grant_recognition
from services.enterprise.usecases.list_recognitions import list_recognitions, recognition_key
from services.enterprise.usecases.revoke_recognition import revoke_recognition
from shared.kernel.roles import READERS
from shared.web.access import IfMatch, allow
from shared.web.context import Ctx, etag_of
from shared.web.edge import EdgeRouter
from shared.web.paging import Page, Paging, page_of

router = EdgeRouter(prefix="/v1", tags=["recognitions"])


def _fields(uscc: str, recognition: Recognition, today: date) -> dict[str, Any]:
    return {"uscc": uscc, "status": status_on(recognition, today), **asdict(recognition)}


def _result(enterprise: Enterprise, recognition: Recognition, today: date) -> RecognitionResult:
    fields = _fields(enterprise.uscc, recognition, today)
    return RecognitionResult(**fields, rung=enterprise.said_rung, version=enterprise.version)


@router.post("/enterprises/{uscc}/recognitions", status_code=201)
@allow(*WRITERS, if_match=IfMatch.HEEDED)
async def create(
    ctx: Ctx, register: RegisterDep, response: Response, uscc: UsccPath, body: RecognitionCreate
) -> RecognitionResult:
    """登记认定:证书、年度编号、平台等 / record a recognition."""
    before = await open_enterprise(ctx.session, uscc)
    ctx.check_match(before.version)
    after, recognition = await grant_recognition(ctx.session, register, before, Grant(**body.model_dump()))
    response.headers["ETag"] = etag_of(after.version)
    response.headers["Location"] = f"/v1/enterprises/{uscc}/recognitions"
    return _result(after, recognition, ctx.today)


@router.get("/enterprises/{uscc}/recognitions")
@allow(*READERS)
async def list_all(ctx: Ctx, paging: Paging, uscc: UsccPath) -> Page[RecognitionRead]:
    """企业的历次认定,按发证日期 / recognitions by date of issue."""
    found = await list_recognitions(ctx.session, uscc, after=paging.key(str, str), limit=paging.limit + 1)
    page = page_of(found, paging.limit, recognition_key)
    items = [RecognitionRead(**_fields(uscc, recognition, ctx.today)) for recognition in page.items]
    return Page(items=items, next_cursor=page.next_cursor)


@router.post("/recognitions/{recognition_id}/revocation", status_code=201)
@allow(*WRITERS)
async def revoke(
    ctx: Ctx,
    register: RegisterDep,
    response: Response,
    recognition_id: Annotated[UUID, Path(description="认定 / recognition")],
    body: RevocationCreate,
) -> RecognitionResult:
    """自法定日期起取消认定 / revoke a recognition from its legal date."""
    after, recognition = await revoke_recognition(
        ctx.session,
        register,
        recognition_id,
        revoked_on=body.revoked_on,
        reason=body.reason,
        document=body.document,
    )
    response.headers["ETag"] = etag_of(after.version)
    return _result(after, recognition, ctx.today)
