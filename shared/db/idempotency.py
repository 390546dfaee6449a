"""The first answer to an Idempotency-Key, kept in the transaction of its effect."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.base import backbone_metadata

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


async def claim_key(
    session: AsyncSession, subject: str, key: str, request_hash: bytes
) -> sa.Row[tuple[object, ...]] | None:
    """Claim the key for this transaction and return None, or return the row of the request that had it first.

    A rival still running holds the row: PostgreSQL makes this wait until it has ended, so two equal requests
    never both take effect.
    """
    claimed = await session.execute(
        insert(idempotency_keys)
        .values(subject=subject, key=key, request_hash=request_hash, status=0, media_type="", headers={}, body=b"")
        .on_conflict_do_nothing()
        .returning(idempotency_keys.c.key)
    )
    if claimed.first() is not None:
        return None
    table = idempotency_keys.c
    found = await session.execute(sa.select(idempotency_keys).where(table.subject == subject, table.key == key))
    return found.first()


async def keep_answer(
    session: AsyncSession, subject: str, key: str, *, status: int, media_type: str, headers: dict[str, str], body: bytes
) -> None:
    """Store the answer beside its effect."""
    table = idempotency_keys.c
    await session.execute(
        idempotency_keys.update()
        .where(table.subject == subject, table.key == key)
        .values(status=status, media_type=media_type, headers=headers, body=body)
    )
