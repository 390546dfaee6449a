"""Versioned DDL of the inbox, called by each service's first migration."""

from __future__ import annotations

from collections.abc import Callable

_V1 = (
    """CREATE TABLE inbox_head (
        topic text NOT NULL,
        part smallint NOT NULL,
        epoch int NOT NULL DEFAULT 0,
        pseq bigint NOT NULL DEFAULT 0,
        head bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex'),
        seen_pseq bigint NOT NULL DEFAULT 0,
        log_id text NOT NULL DEFAULT '',
        next_offset bigint NOT NULL DEFAULT 0,
        stopped_reason text,
        stopped_at timestamptz,
        moved_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT pk_inbox_head PRIMARY KEY (topic, part)) WITH (fillfactor = 50)""",
    """CREATE TABLE inbox_event (
        event_id uuid CONSTRAINT pk_inbox_event PRIMARY KEY,
        topic text NOT NULL,
        part smallint NOT NULL,
        epoch int NOT NULL,
        pseq bigint NOT NULL,
        key text NOT NULL,
        agg_id text NOT NULL,
        agg_version int NOT NULL,
        state text NOT NULL
            CONSTRAINT ck_inbox_event_state CHECK (state IN ('applied', 'ignored', 'parked', 'skipped')),
        error text,
        at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT uq_inbox_event_topic_part_epoch_pseq UNIQUE (topic, part, epoch, pseq))""",
    """CREATE TABLE parked_key (
        topic text NOT NULL,
        key text NOT NULL,
        since timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT pk_parked_key PRIMARY KEY (topic, key))""",
    """CREATE TABLE parked_event (
        event_id uuid CONSTRAINT pk_parked_event PRIMARY KEY REFERENCES inbox_event,
        topic text NOT NULL,
        part smallint NOT NULL,
        epoch int NOT NULL,
        pseq bigint NOT NULL,
        key text NOT NULL,
        agg_id text NOT NULL,
        agg_version int NOT NULL,
        type text NOT NULL,
        occurred_at timestamptz NOT NULL,
        actor text,
        correlation_id uuid,
        causation_id uuid,
        payload bytea NOT NULL,
        error text,
        attempts int NOT NULL,
        parked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        skipped_at timestamptz,
        skipped_by text,
        skip_reason text,
        CONSTRAINT ck_parked_event_skip CHECK (num_nulls(skipped_at, skipped_by, skip_reason) IN (0, 3)))""",
    "CREATE INDEX ix_parked_event_topic_key_pseq ON parked_event (topic, key, pseq) WHERE skipped_at IS NULL",
    "GRANT SELECT ON inbox_head, inbox_event, parked_key, parked_event TO tidu_app",
    "GRANT SELECT, INSERT, UPDATE ON inbox_head, inbox_event TO tidu_worker",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON parked_key, parked_event TO tidu_worker",
)


def create_v1(execute: Callable[[str], object]) -> None:
    """Create the inbox of the first release."""
    for statement in _V1:
        execute(statement)
