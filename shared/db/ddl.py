"""Versioned DDL of the tables in this package, called by each service's first migration."""

from __future__ import annotations

from collections.abc import Callable

_V1 = (
    """CREATE TABLE audit_entries (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_audit_entries PRIMARY KEY,
        at timestamptz NOT NULL DEFAULT clock_timestamp(),
        subject text NOT NULL, person_id text NOT NULL, roles text NOT NULL,
        action text NOT NULL, aggregate text NOT NULL, aggregate_id text NOT NULL,
        before jsonb, after jsonb, reason text, correlation_id uuid)""",
    "CREATE INDEX ix_audit_entries_aggregate_id ON audit_entries (aggregate_id, id)",
    "GRANT SELECT, INSERT ON audit_entries TO tidu_app, tidu_worker",
    """CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME; END $$""",
    """CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
    """CREATE TABLE idempotency_keys (
        subject text NOT NULL, key text NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
        request_hash bytea NOT NULL, status smallint NOT NULL, media_type text NOT NULL,
        headers json NOT NULL, body bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT pk_idempotency_keys PRIMARY KEY (subject, key))""",
    "CREATE INDEX ix_idempotency_keys_created_at ON idempotency_keys (created_at)",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency_keys TO tidu_app, tidu_worker",
    """CREATE TABLE specialist_access (
        login text NOT NULL, uscc text NOT NULL, CONSTRAINT pk_specialist_access PRIMARY KEY (login, uscc))""",
    "GRANT SELECT, INSERT, DELETE ON specialist_access TO tidu_app, tidu_worker",
)


def create_v1(execute: Callable[[str], object]) -> None:
    """Create the audit, idempotency and access tables of the first release."""
    for statement in _V1:
        execute(statement)
