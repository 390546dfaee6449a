"""The first tables: the copy of enterprises, pool memberships, specialists with assignments and visits, the board."""

from alembic import op

from shared.db.ddl import create_v1 as create_backbone
from shared.db.rls import open_table_sql, scoped_table_sql
from shared.inbox.ddl import create_v1 as create_inbox
from shared.outbox.ddl import create_v1 as create_outbox

revision = "0001_create_pipeline"
down_revision = None
branch_labels = None
depends_on = None

ALL_OR_REGION = """(SELECT current_setting('app.all', true)) = 'on'
    OR region_code = ANY ((SELECT string_to_array(current_setting('app.regions', true), ','))::text[])"""

# Board cells name no enterprise: they are seen by territory only, and outside parks their park is ''.
TERRITORY = """(
    (SELECT current_setting('app.all', true)) = 'on'
    OR (region_code = ANY ((SELECT string_to_array(current_setting('app.regions', true), ','))::text[])
        AND coalesce(nullif((SELECT current_setting('app.park', true)), ''), park_code) = park_code)
)"""

# Whoever sees an enterprise sees who serves it, even a specialist from another division.
SPECIALIST_SCOPE = f"""({ALL_OR_REGION}
    OR EXISTS (SELECT 1 FROM assignments a WHERE a.specialist_id = specialists.id))"""

CELL = """region_code text NOT NULL, park_code text NOT NULL, rung text NOT NULL,
        pool_state text NOT NULL CHECK (pool_state IN ('none', 'enrolled', 'graduated')),
        is_candidate boolean NOT NULL"""

TABLES = (
    """CREATE TABLE enterprises (
        uscc text CONSTRAINT pk_enterprises PRIMARY KEY,
        version int NOT NULL CONSTRAINT ck_enterprises_version CHECK (version > 0),
        name text NOT NULL,
        is_candidate boolean NOT NULL,
        region_code text NOT NULL,
        park_code text,
        rung text NOT NULL,
        first_known_on date NOT NULL,
        state jsonb NOT NULL,
        places jsonb NOT NULL CONSTRAINT ck_enterprises_places CHECK (jsonb_array_length(places) > 0),
        stays jsonb NOT NULL,
        steps jsonb NOT NULL,
        doors jsonb NOT NULL,
        review_on date)""",
    "CREATE INDEX ix_enterprises_candidates ON enterprises (uscc) WHERE doors <> '[]'::jsonb",
    "CREATE INDEX ix_enterprises_review_on ON enterprises (review_on) WHERE review_on IS NOT NULL",
    """CREATE TABLE memberships (
        id uuid DEFAULT uuidv7() CONSTRAINT pk_memberships PRIMARY KEY,
        version int NOT NULL DEFAULT 1 CONSTRAINT ck_memberships_version CHECK (version > 0),
        uscc text NOT NULL CONSTRAINT fk_memberships_uscc_enterprises REFERENCES enterprises,
        name text NOT NULL,
        region_code text NOT NULL,
        park_code text,
        jurisdiction text NOT NULL,
        pool text NOT NULL,
        door text NOT NULL,
        state text NOT NULL CONSTRAINT ck_memberships_state
            CHECK (state IN ('enrolled', 'graduated', 'withdrawn', 'removed')),
        admitted_on date NOT NULL,
        admitted_by text NOT NULL,
        admission_reason text,
        entry_number int NOT NULL CONSTRAINT ck_memberships_entry_number CHECK (entry_number > 0),
        ended_on date,
        ended_by text,
        reason text,
        snapshot jsonb NOT NULL,
        CONSTRAINT uq_memberships_uscc_pool_entry_number UNIQUE (uscc, pool, entry_number),
        CONSTRAINT ck_memberships_ended CHECK ((state = 'enrolled') = (ended_on IS NULL)),
        CONSTRAINT ck_memberships_ended_whole CHECK (num_nulls(ended_on, ended_by, reason) IN (0, 3)),
        CONSTRAINT ck_memberships_ended_on CHECK (ended_on >= admitted_on),
        CONSTRAINT ex_memberships_one_at_a_time
            EXCLUDE USING gist (uscc WITH =, pool WITH =, daterange(admitted_on, ended_on) WITH &&))""",
    "CREATE UNIQUE INDEX uq_memberships_enrolled ON memberships (uscc, pool) WHERE state = 'enrolled'",
    "CREATE INDEX ix_memberships_state_id ON memberships (state, id)",
    """CREATE TABLE specialists (
        id uuid DEFAULT uuidv7() CONSTRAINT pk_specialists PRIMARY KEY,
        version int NOT NULL DEFAULT 1 CONSTRAINT ck_specialists_version CHECK (version > 0),
        name text NOT NULL,
        kind text NOT NULL,
        home_unit text NOT NULL,
        unit_kind text,
        title text,
        region_code text NOT NULL,
        login text CONSTRAINT uq_specialists_login UNIQUE,
        capacity int CONSTRAINT ck_specialists_capacity CHECK (capacity > 0),
        served_count int NOT NULL DEFAULT 0 CONSTRAINT ck_specialists_served_count
            CHECK (served_count >= 0 AND (capacity IS NULL OR served_count <= capacity)))""",
    """CREATE TABLE specialist_grades (
        specialist_id uuid NOT NULL CONSTRAINT fk_specialist_grades_specialist_id_specialists REFERENCES specialists,
        year int NOT NULL CONSTRAINT ck_specialist_grades_year CHECK (year BETWEEN 1980 AND 2199),
        region_code text NOT NULL,
        grade text NOT NULL,
        graded_on date NOT NULL,
        graded_by text NOT NULL,
        CONSTRAINT pk_specialist_grades PRIMARY KEY (specialist_id, year))""",
    """CREATE TABLE assignments (
        id uuid DEFAULT uuidv7() CONSTRAINT pk_assignments PRIMARY KEY,
        version int NOT NULL DEFAULT 1 CONSTRAINT ck_assignments_version CHECK (version > 0),
        uscc text NOT NULL CONSTRAINT fk_assignments_uscc_enterprises REFERENCES enterprises,
        enterprise_name text NOT NULL,
        region_code text NOT NULL,
        park_code text,
        specialist_id uuid NOT NULL CONSTRAINT fk_assignments_specialist_id_specialists REFERENCES specialists,
        specialist_name text NOT NULL,
        login text,
        state text NOT NULL CONSTRAINT ck_assignments_state CHECK (state IN ('active', 'ended')),
        from_on date NOT NULL,
        until_on date,
        predecessor_id uuid CONSTRAINT fk_assignments_predecessor_id_assignments REFERENCES assignments
            CONSTRAINT uq_assignments_predecessor_id UNIQUE,
        end_reason text,
        CONSTRAINT ck_assignments_ended CHECK ((state = 'active') = (until_on IS NULL)),
        CONSTRAINT ck_assignments_ended_whole CHECK (num_nulls(until_on, end_reason) IN (0, 2)),
        CONSTRAINT ck_assignments_until_on CHECK (until_on >= from_on),
        CONSTRAINT ex_assignments_one_at_a_time
            EXCLUDE USING gist (uscc WITH =, daterange(from_on, until_on) WITH &&))""",
    "CREATE UNIQUE INDEX uq_assignments_active ON assignments (uscc) WHERE state = 'active'",
    "CREATE INDEX ix_assignments_specialist_id ON assignments (specialist_id, state)",
    "CREATE INDEX ix_assignments_uscc ON assignments (uscc, id)",
    """CREATE TABLE visits (
        id uuid DEFAULT uuidv7() CONSTRAINT pk_visits PRIMARY KEY,
        assignment_id uuid NOT NULL CONSTRAINT fk_visits_assignment_id_assignments REFERENCES assignments,
        uscc text NOT NULL,
        region_code text NOT NULL,
        park_code text,
        specialist_id uuid NOT NULL,
        kind text NOT NULL,
        visited_on date NOT NULL,
        outcome text NOT NULL,
        next_step text,
        next_step_due_on date,
        logged_by text NOT NULL,
        logged_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT ck_visits_next_step CHECK (next_step_due_on IS NULL OR next_step IS NOT NULL))""",
    "CREATE INDEX ix_visits_assignment_id ON visits (assignment_id, id)",
    f"""CREATE TABLE board_deltas (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_board_deltas PRIMARY KEY,
        day date NOT NULL, {CELL}, net int NOT NULL CHECK (net <> 0))""",
    f"""CREATE TABLE board_days (
        day date NOT NULL, {CELL}, net int NOT NULL,
        CONSTRAINT pk_board_days PRIMARY KEY (day, region_code, park_code, rung, pool_state, is_candidate))
        WITH (fillfactor = 80)""",
    f"""CREATE TABLE board_marks (
        day date NOT NULL, {CELL}, net int NOT NULL,
        CONSTRAINT pk_board_marks PRIMARY KEY (day, region_code, park_code, rung, pool_state, is_candidate))
        WITH (fillfactor = 70)""",
    "CREATE TABLE board_mark_days (day date CONSTRAINT pk_board_mark_days PRIMARY KEY)",
    """CREATE TABLE pool_packs (
        jurisdiction text CONSTRAINT pk_pool_packs PRIMARY KEY,
        content_hash text NOT NULL)""",
    "ALTER TABLE board_deltas SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000)",
)

SCOPED = ("enterprises", "memberships", "assignments", "visits")
BOARD = ("board_deltas", "board_days", "board_marks")

RIGHTS = (
    # The API changes no fact about an enterprise: it locks the row and moves its stays and steps.
    "REVOKE INSERT, UPDATE, DELETE ON enterprises FROM tidu_app",
    "GRANT UPDATE (stays, steps) ON enterprises TO tidu_app",
    "REVOKE DELETE ON memberships, assignments FROM tidu_app",
    "REVOKE UPDATE, DELETE ON visits, specialist_grades, board_deltas FROM tidu_app",
    "REVOKE INSERT, UPDATE, DELETE ON board_days, board_marks FROM tidu_app",
)


def upgrade() -> None:
    create_backbone(op.execute)
    create_outbox(op.execute)
    create_inbox(op.execute)
    for statement in TABLES:
        op.execute(statement)
    for table in SCOPED:
        for statement in scoped_table_sql(table):
            op.execute(statement)
    for table in BOARD:
        for statement in scoped_table_sql(table, scope=TERRITORY):
            op.execute(statement)
    for table, scope in {"specialists": SPECIALIST_SCOPE, "specialist_grades": f"({ALL_OR_REGION})"}.items():
        for statement in scoped_table_sql(table, scope=scope):
            op.execute(statement)
    for table in ("board_mark_days", "pool_packs"):
        for statement in open_table_sql(table, app="SELECT"):
            op.execute(statement)
    for statement in RIGHTS:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE pool_packs, board_mark_days, board_marks, board_days, board_deltas")
    op.execute("DROP TABLE visits, specialist_grades, specialists, assignments, memberships, enterprises")
    op.execute("DROP TABLE parked_event, parked_key, inbox_event, inbox_head")
    op.execute("DROP TABLE relay_heartbeat, broker_seen, stream_head, outbox")
    op.execute("DROP TABLE specialist_access, idempotency_keys, audit_entries")
    op.execute("DROP FUNCTION refuse_change")
