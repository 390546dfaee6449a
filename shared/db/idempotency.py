"""The first answer to an Idempotency-Key, kept in the transaction of its effect."""

from __future__ import annotations

import json
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.base import backbone_metadata
from shared.db.driver import run
from shared.db.scope import SCOPE_SETTINGS, scope_settings

idempotency_keys = sa.Table(
    "idempotency_keys",
    backbone_metadata,
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("request_hash", sa.LargeBinary, nullable=False),
    sa.Column("status", sa.SmallInteger, nullable=False),
    sa.Column("media_type", sa.Text, nullable=False),
    sa.Column("headers", sa.JSON, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("clock_timestamp()")),
)


_CLAIM = sa.text(
    "INSERT INTO idempotency_keys (subject, key, request_hash, status, media_type, headers, body)"  # noqa: S608
    " SELECT :subject, :key, :request_hash, 0, '', '{}', ''"
    f" FROM (SELECT {SCOPE_SETTINGS} OFFSET 0) AS scope"
    " ON CONFLICT DO NOTHING RETURNING true"
)
_FIND = sa.text(
    "SELECT request_hash, status, media_type, headers, body FROM idempotency_keys"
    " WHERE subject = :subject AND key = :key"
)
_KEEP = sa.text(
    "UPDATE idempotency_keys SET status = :status, media_type = :media_type, headers = :headers, body = :body"
    " WHERE subject = :subject AND key = :key"
)


class KeptAnswer(NamedTuple):
    """The answer to the request that had the key first; `status` is 0 while that request is unfinished."""

    request_hash: bytes
    status: int
    media_type: str
    headers: dict[str, str]
    body: bytes


async def claim_key(session: AsyncSession, subject: str, key: str, request_hash: bytes) -> KeptAnswer | None:
    """Claim the key for this transaction and return None, or return the answer of the request that had it first.

    A rival still running holds the row: PostgreSQL makes this wait until it has ended, so two equal requests
    never both take effect. Being the first statement of its transaction, it sets the scope on the way.
    """
    owner = {"subject": subject, "key": key}
    scope = scope_settings(session.info["principal"], writes=bool(session.info["writes"]))
    session.info["scope_follows"] = not session.in_transaction()
    if await run(session, _CLAIM, {**owner, **scope, "request_hash": request_hash}):
        return None
    found = await run(session, _FIND, owner)
    return KeptAnswer(*found[0]) if found else None


async def keep_answer(
    session: AsyncSession, subject: str, key: str, *, status: int, media_type: str, headers: dict[str, str], body: bytes
) -> None:
    """Store the answer beside its effect."""
    answer = {"status": status, "media_type": media_type, "headers": json.dumps(headers), "body": body}
    await run(session, _KEEP, {"subject": subject, "key": key, **answer})
