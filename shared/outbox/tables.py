"""The outbox's tables as SQLAlchemy knows them; ddl.py creates them, a test keeps the two equal."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import BYTEA, JSON, UUID

from shared.db.base import backbone_metadata

outbox = sa.Table(
    "outbox",
    backbone_metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("event_id", UUID(as_uuid=True), nullable=False, unique=True, server_default=sa.text("uuidv7()")),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("agg_type", sa.Text, nullable=False),
    sa.Column("agg_id", sa.Text, nullable=False),
    sa.Column("agg_version", sa.Integer, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("clock_timestamp()")),
    sa.Column("actor", sa.Text),
    sa.Column("correlation_id", UUID(as_uuid=True)),
    sa.Column("causation_id", UUID(as_uuid=True)),
    sa.Column("payload", JSON, nullable=False),
    sa.Column("part", sa.SmallInteger),
    sa.Column("epoch", sa.Integer),
    sa.Column("pseq", sa.BigInteger),
    sa.Column("prev_hash", BYTEA),
    sa.Column("hash", BYTEA),
    sa.Column("stamped_at", sa.DateTime(timezone=True)),
    sa.UniqueConstraint("agg_type", "agg_id", "agg_version"),
    sa.UniqueConstraint("topic", "part", "pseq"),
    sa.Index("ix_outbox_unstamped", "id", postgresql_where=sa.text("pseq IS NULL")),
)
"""Every fact this service announced, with its place in the stream once the relay has stamped it."""

stream_head = sa.Table(
    "stream_head",
    backbone_metadata,
    sa.Column("topic", sa.Text, primary_key=True),
    sa.Column("part", sa.SmallInteger, primary_key=True),
    sa.Column("epoch", sa.Integer, nullable=False),
    sa.Column("stamped", sa.BigInteger, nullable=False),
    sa.Column("head", BYTEA, nullable=False),
    sa.Column("sent", sa.BigInteger, nullable=False),
)
"""Per partition: the last stamped sequence number with its hash, and how far the broker acknowledged."""

broker_seen = sa.Table(
    "broker_seen",
    backbone_metadata,
    sa.Column("topic", sa.Text, primary_key=True),
    sa.Column("cluster_id", sa.Text, nullable=False),
    sa.Column("topic_id", sa.Text, nullable=False),
    sa.Column("parts", sa.Integer, nullable=False),
    sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("clock_timestamp()")),
)
"""Which broker and topic the `sent` marks speak of; another identity means that nothing was sent yet."""

relay_heartbeat = sa.Table(
    "relay_heartbeat",
    backbone_metadata,
    sa.Column("id", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("backend_pid", sa.Integer, nullable=False),
    sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
)
"""When the leading relay last showed that it is alive, and on which database session."""
