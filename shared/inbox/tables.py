"""The inbox's tables as SQLAlchemy knows them; ddl.py creates them, a test keeps the two equal."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import BYTEA, UUID

from shared.db.base import backbone_metadata

_NOW = sa.text("clock_timestamp()")

inbox_head = sa.Table(
    "inbox_head",
    backbone_metadata,
    sa.Column("topic", sa.Text, primary_key=True),
    sa.Column("part", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("epoch", sa.Integer, nullable=False, server_default=sa.text("0")),
    sa.Column("pseq", sa.BigInteger, nullable=False, server_default=sa.text("0")),
    sa.Column("head", BYTEA, nullable=False, server_default=sa.text("decode(repeat('00', 32), 'hex')")),
    sa.Column("seen_pseq", sa.BigInteger, nullable=False, server_default=sa.text("0")),
    sa.Column("log_id", sa.Text, nullable=False, server_default=sa.text("''")),
    sa.Column("next_offset", sa.BigInteger, nullable=False, server_default=sa.text("0")),
    sa.Column("stopped_reason", sa.Text),
    sa.Column("stopped_at", sa.DateTime(timezone=True)),
    sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False, server_default=_NOW),
)
"""The watermark of one partition: what has had its effect, how far the producer is known to be, where to read on."""

inbox_event = sa.Table(
    "inbox_event",
    backbone_metadata,
    sa.Column("event_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("part", sa.SmallInteger, nullable=False),
    sa.Column("epoch", sa.Integer, nullable=False),
    sa.Column("pseq", sa.BigInteger, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("agg_id", sa.Text, nullable=False),
    sa.Column("agg_version", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("error", sa.Text),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=_NOW),
    sa.UniqueConstraint("topic", "part", "epoch", "pseq"),
)
"""Every event that passed the watermark, with what became of it."""

parked_key = sa.Table(
    "parked_key",
    backbone_metadata,
    sa.Column("topic", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("since", sa.DateTime(timezone=True), nullable=False, server_default=_NOW),
)
"""Keys whose events wait behind a parked one, so that their order is kept."""

parked_event = sa.Table(
    "parked_event",
    backbone_metadata,
    sa.Column("event_id", UUID(as_uuid=True), sa.ForeignKey("inbox_event.event_id"), primary_key=True),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("part", sa.SmallInteger, nullable=False),
    sa.Column("epoch", sa.Integer, nullable=False),
    sa.Column("pseq", sa.BigInteger, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("agg_id", sa.Text, nullable=False),
    sa.Column("agg_version", sa.Integer, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("actor", sa.Text),
    sa.Column("correlation_id", UUID(as_uuid=True)),
    sa.Column("causation_id", UUID(as_uuid=True)),
    sa.Column("payload", BYTEA, nullable=False),
    sa.Column("error", sa.Text),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("parked_at", sa.DateTime(timezone=True), nullable=False, server_default=_NOW),
    sa.Column("skipped_at", sa.DateTime(timezone=True)),
    sa.Column("skipped_by", sa.Text),
    sa.Column("skip_reason", sa.Text),
    sa.Index("ix_parked_event_topic_key_pseq", "topic", "key", "pseq", postgresql_where=sa.text("skipped_at IS NULL")),
)
"""The parked events themselves, whole, until they are retried (then they leave) or skipped (then they stay, marked)."""
