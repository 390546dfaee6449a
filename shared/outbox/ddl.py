"""Versioned DDL of the outbox, called by each service's first migration."""

from __future__ import annotations

from collections.abc import Callable

_V1 = (
    # The payload is json, not jsonb: the hash chain covers its bytes and they are what travels, so they never change.
    # Identity values show insert order only; CACHE 1 keeps them ascending within one aggregate's row lock.
    """CREATE TABLE outbox (
        id bigint GENERATED ALWAYS AS IDENTITY (CACHE 1) CONSTRAINT pk_outbox PRIMARY KEY,
        event_id uuid NOT NULL DEFAULT uuidv7() CONSTRAINT uq_outbox_event_id UNIQUE,
        topic text NOT NULL,
        key text NOT NULL CONSTRAINT ck_outbox_key CHECK (length(key) BETWEEN 1 AND 200),
        agg_type text NOT NULL,
        agg_id text NOT NULL,
        agg_version int NOT NULL CONSTRAINT ck_outbox_agg_version CHECK (agg_version > 0),
        type text NOT NULL,
        occurred_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        actor text,
        correlation_id uuid,
        causation_id uuid,
        payload json NOT NULL CONSTRAINT ck_outbox_payload CHECK (octet_length(payload::text) <= 65536),
        part smallint,
        epoch int,
        pseq bigint,
        prev_hash bytea,
        hash bytea,
        stamped_at timestamptz,
        CONSTRAINT uq_outbox_agg_type_agg_id_agg_version UNIQUE (agg_type, agg_id, agg_version),
        CONSTRAINT uq_outbox_topic_part_pseq UNIQUE (topic, part, pseq),
        CONSTRAINT ck_outbox_stamped_whole
            CHECK (num_nulls(part, epoch, pseq, prev_hash, hash, stamped_at) IN (0, 6)))""",
    "CREATE INDEX ix_outbox_unstamped ON outbox (id) WHERE pseq IS NULL",
    "ALTER TABLE outbox SET (autovacuum_vacuum_scale_factor = 0.02)",
    """CREATE TABLE stream_head (
        topic text NOT NULL,
        part smallint NOT NULL,
        epoch int NOT NULL,
        stamped bigint NOT NULL,
        head bytea NOT NULL,
        sent bigint NOT NULL,
        CONSTRAINT pk_stream_head PRIMARY KEY (topic, part),
        CONSTRAINT ck_stream_head_sent CHECK (sent BETWEEN 0 AND stamped)) WITH (fillfactor = 50)""",
    """CREATE TABLE broker_seen (
        topic text CONSTRAINT pk_broker_seen PRIMARY KEY,
        cluster_id text NOT NULL,
        topic_id text NOT NULL,
        parts int NOT NULL,
        seen_at timestamptz NOT NULL DEFAULT clock_timestamp())""",
    """CREATE TABLE relay_heartbeat (
        id smallint CONSTRAINT pk_relay_heartbeat PRIMARY KEY CONSTRAINT ck_relay_heartbeat_id CHECK (id = 1),
        backend_pid int NOT NULL,
        beat_at timestamptz NOT NULL) WITH (fillfactor = 50)""",
    "GRANT SELECT, INSERT ON outbox TO tidu_app",
    "GRANT SELECT, INSERT, UPDATE ON outbox TO tidu_worker",
    "GRANT SELECT, UPDATE (sent) ON stream_head TO tidu_app",
    "GRANT SELECT, INSERT, UPDATE ON stream_head, broker_seen, relay_heartbeat TO tidu_worker",
    "GRANT SELECT ON broker_seen, relay_heartbeat TO tidu_app",
)


def create_v1(execute: Callable[[str], object]) -> None:
    """Create the outbox of the first release."""
    for statement in _V1:
        execute(statement)
