"""Create the read copy, recipients, duties, notices, deliveries and the planners' records."""

from alembic import op

from shared.db import ddl as db_ddl
from shared.db.rls import open_table_sql, scoped_table_sql
from shared.inbox import ddl as inbox_ddl
from shared.outbox import ddl as outbox_ddl

revision = "0001_create_duties_and_notices"
down_revision = None
branch_labels = None
depends_on = None

SCOPED = ("enterprises", "recipients", "duties", "notices", "deliveries")
OPEN = ("runs", "planner_marks")

_TABLES = (
    """CREATE TABLE enterprises (
        uscc text CONSTRAINT pk_enterprises PRIMARY KEY,
        version int NOT NULL,
        name text NOT NULL,
        region_code text NOT NULL,
        park_code text,
        recognitions jsonb NOT NULL,
        fingerprint text)""",
    "CREATE INDEX ix_enterprises_region_code_fingerprint ON enterprises (region_code, fingerprint)",
    """CREATE TABLE recipients (
        id uuid CONSTRAINT pk_recipients PRIMARY KEY,
        version int NOT NULL,
        uscc text NOT NULL,
        region_code text NOT NULL,
        park_code text,
        role text NOT NULL,
        source text NOT NULL CONSTRAINT ck_recipients_source CHECK (source IN ('registry', 'named')),
        place text NOT NULL,
        sealed text NOT NULL,
        consents boolean NOT NULL,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        updated_at timestamptz NOT NULL DEFAULT clock_timestamp())""",
    "CREATE INDEX ix_recipients_uscc_id ON recipients (uscc, id)",
    "CREATE UNIQUE INDEX uq_recipients_uscc_role ON recipients (uscc, role) WHERE source = 'named'",
    """CREATE TABLE duties (
        id uuid DEFAULT uuidv7() CONSTRAINT pk_duties PRIMARY KEY,
        version int NOT NULL CONSTRAINT ck_duties_version CHECK (version > 0),
        uscc text NOT NULL,
        region_code text NOT NULL,
        park_code text,
        kind text NOT NULL,
        subject text NOT NULL,
        label text NOT NULL,
        due_on date NOT NULL,
        state text NOT NULL
            CONSTRAINT ck_duties_state CHECK (state IN ('open', 'done', 'waived', 'overdue', 'withdrawn')),
        recognition_id uuid,
        provision_ids text[] NOT NULL CONSTRAINT ck_duties_provision_ids CHECK (cardinality(provision_ids) > 0),
        clause text NOT NULL,
        known_on date NOT NULL,
        done_on date,
        proof text,
        reason text,
        closed_by text CONSTRAINT ck_duties_closed_by CHECK (closed_by IN ('person', 'records')),
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT uq_duties_uscc_kind_subject UNIQUE (uscc, kind, subject),
        CONSTRAINT ck_duties_closed CHECK ((state IN ('open', 'overdue')) = (closed_by IS NULL)),
        CONSTRAINT ck_duties_done CHECK ((state = 'done') = (done_on IS NOT NULL)),
        CONSTRAINT ck_duties_waived CHECK (state <> 'waived' OR reason IS NOT NULL))""",
    "CREATE INDEX ix_duties_due_on_id ON duties (due_on, id)",
    "CREATE INDEX ix_duties_uscc_due_on_id ON duties (uscc, due_on, id)",
    "CREATE INDEX ix_duties_region_code_due_on_id ON duties (region_code, due_on, id)",
    "CREATE INDEX ix_duties_open ON duties (due_on) WHERE state = 'open'",
    """CREATE TABLE notices (
        id uuid DEFAULT uuidv7() CONSTRAINT pk_notices PRIMARY KEY,
        version int NOT NULL DEFAULT 0 CONSTRAINT ck_notices_version CHECK (version >= 0),
        uscc text NOT NULL,
        region_code text NOT NULL,
        park_code text,
        duty_id uuid CONSTRAINT fk_notices_duty_id_duties REFERENCES duties,
        award_id uuid,
        kind text NOT NULL,
        offset_days int NOT NULL,
        due_on date,
        planned_on date NOT NULL,
        is_provisional boolean NOT NULL DEFAULT false,
        recipient text NOT NULL CONSTRAINT ck_notices_recipient CHECK (recipient IN ('enterprise')),
        channel text NOT NULL DEFAULT 'in_app' CONSTRAINT ck_notices_channel CHECK (channel = 'in_app'),
        state text NOT NULL
            CONSTRAINT ck_notices_state CHECK (state IN ('planned', 'sent', 'withdrawn', 'skipped')),
        sent_at timestamptz,
        sent_on date,
        title text,
        body text,
        clause text,
        template_id text,
        template_version int,
        read_at timestamptz,
        read_by text,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT uq_notices_key UNIQUE NULLS NOT DISTINCT (duty_id, award_id, kind, offset_days, due_on, recipient),
        CONSTRAINT ck_notices_subject CHECK (num_nonnulls(duty_id, award_id) = 1),
        CONSTRAINT ck_notices_duty_has_day CHECK (duty_id IS NULL OR due_on IS NOT NULL),
        CONSTRAINT ck_notices_sent CHECK (
            num_nonnulls(sent_at, sent_on, title, body, clause, template_id, template_version)
                = CASE WHEN state = 'sent' THEN 7 ELSE 0 END),
        CONSTRAINT ck_notices_read CHECK (
            num_nonnulls(read_at, read_by) IN (0, 2) AND (read_at IS NULL OR state = 'sent'))
        ) WITH (fillfactor = 80)""",
    "CREATE INDEX ix_notices_planned ON notices (planned_on, id) WHERE state = 'planned'",
    "CREATE INDEX ix_notices_planned_on_id ON notices (planned_on, id)",
    "CREATE INDEX ix_notices_uscc_planned_on_id ON notices (uscc, planned_on, id)",
    "CREATE INDEX ix_notices_region_code_planned_on_id ON notices (region_code, planned_on, id)",
    """CREATE TABLE deliveries (
        id uuid DEFAULT uuidv7() CONSTRAINT pk_deliveries PRIMARY KEY,
        notice_id uuid NOT NULL CONSTRAINT fk_deliveries_notice_id_notices REFERENCES notices,
        uscc text NOT NULL,
        region_code text NOT NULL,
        park_code text,
        channel text NOT NULL CONSTRAINT ck_deliveries_channel CHECK (channel IN ('email')),
        state text NOT NULL CONSTRAINT ck_deliveries_state CHECK (
            state IN ('pending', 'sending', 'unknown', 'accepted', 'dead', 'unaddressed', 'withdrawn')),
        attempt_count int NOT NULL DEFAULT 0,
        next_attempt_at timestamptz DEFAULT clock_timestamp(),
        lease_token uuid,
        lease_until timestamptz,
        message_id text CONSTRAINT uq_deliveries_message_id UNIQUE,
        may_be_repeat boolean NOT NULL DEFAULT false,
        recipient_id uuid,
        recipient_version int,
        provider_reference text,
        problem text,
        accepted_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT uq_deliveries_notice_id_channel UNIQUE (notice_id, channel),
        CONSTRAINT ck_deliveries_lease CHECK (
            num_nonnulls(lease_token, lease_until) = CASE WHEN state = 'sending' THEN 2 ELSE 0 END),
        CONSTRAINT ck_deliveries_next CHECK ((state IN ('pending', 'unknown')) = (next_attempt_at IS NOT NULL)),
        CONSTRAINT ck_deliveries_accepted CHECK ((state = 'accepted') = (accepted_at IS NOT NULL))
        ) WITH (fillfactor = 80)""",
    "CREATE INDEX ix_deliveries_waiting ON deliveries (next_attempt_at) WHERE state IN ('pending', 'unknown')",
    "CREATE INDEX ix_deliveries_uscc ON deliveries (uscc, state)",
    "CREATE INDEX ix_deliveries_leased ON deliveries (lease_until) WHERE state = 'sending'",
    """CREATE TABLE runs (
        id uuid DEFAULT uuidv7() CONSTRAINT pk_runs PRIMARY KEY,
        as_of date NOT NULL,
        requested_by text NOT NULL,
        planned_count int NOT NULL,
        sent_count int NOT NULL,
        withdrawn_count int NOT NULL,
        skipped_count int NOT NULL,
        overdue_count int NOT NULL,
        started_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
        finished_at timestamptz NOT NULL DEFAULT clock_timestamp())""",
    "CREATE INDEX ix_runs_as_of ON runs (as_of)",
    """CREATE TABLE planner_marks (
        duty_kind text CONSTRAINT pk_planner_marks PRIMARY KEY,
        first_seen_on date NOT NULL,
        scanned_on date NOT NULL,
        CONSTRAINT ck_planner_marks_order CHECK (first_seen_on <= scanned_on))""",
    # A clock that jumped back must not take a mark with it.
    """CREATE FUNCTION keep_mark() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        NEW.scanned_on := greatest(OLD.scanned_on, NEW.scanned_on);
        NEW.first_seen_on := OLD.first_seen_on;
        RETURN NEW; END $$""",
    "CREATE TRIGGER planner_marks_forward BEFORE UPDATE ON planner_marks FOR EACH ROW EXECUTE FUNCTION keep_mark()",
    # What was sent is the record of what was said: its words and its day never change, and it is never unsent.
    """CREATE FUNCTION keep_sent_notice() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF TG_OP = 'DELETE' OR (NEW.state, NEW.title, NEW.body, NEW.clause, NEW.sent_at, NEW.sent_on, NEW.due_on)
            IS DISTINCT FROM (OLD.state, OLD.title, OLD.body, OLD.clause, OLD.sent_at, OLD.sent_on, OLD.due_on) THEN
            RAISE EXCEPTION 'a sent notice never changes' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW; END $$""",
    """CREATE TRIGGER notices_keep_sent BEFORE UPDATE OR DELETE ON notices FOR EACH ROW
        WHEN (OLD.state = 'sent') EXECUTE FUNCTION keep_sent_notice()""",
)


def upgrade() -> None:
    db_ddl.create_v1(op.execute)
    outbox_ddl.create_v1(op.execute)
    inbox_ddl.create_v1(op.execute)
    for statement in _TABLES:
        op.execute(statement)
    for table in SCOPED:
        for statement in scoped_table_sql(table):
            op.execute(statement)
    for table in OPEN:
        for statement in open_table_sql(table, app="SELECT, INSERT, UPDATE"):
            op.execute(statement)


def downgrade() -> None:
    # The backbone's tables go too: this is the first revision, before it there is nothing.
    op.execute(
        "DO $$ DECLARE name text; BEGIN FOR name IN SELECT tablename FROM pg_tables"
        " WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        " LOOP EXECUTE format('DROP TABLE %I CASCADE', name); END LOOP; END $$"
    )
    for function in ("refuse_change", "keep_mark", "keep_sent_notice"):
        op.execute(f"DROP FUNCTION IF EXISTS {function}()")
