"""Create the registry: enterprises, dated facts, recognitions, timeline, imports and their jobs."""

from alembic import op
from procrastinate.schema import SchemaManager

from shared.db import ddl as db_ddl
from shared.db.rls import SCOPE, open_table_sql, scoped_table_sql
from shared.inbox import ddl as inbox_ddl
from shared.outbox import ddl as outbox_ddl

revision = "0001_create_registry"
down_revision = None
branch_labels = None
depends_on = None

PLACE = """
        uscc text NOT NULL CONSTRAINT fk_{table}_uscc_enterprises REFERENCES enterprises,
        region_code text NOT NULL, park_code text"""

TABLES = {
    "enterprises": """
        uscc text CONSTRAINT pk_enterprises PRIMARY KEY
            CONSTRAINT ck_enterprises_uscc CHECK (uscc ~ '^[0-9A-HJ-NP-RTUW-Y]{18}$'),
        version int NOT NULL CONSTRAINT ck_enterprises_version CHECK (version > 0),
        name text NOT NULL CONSTRAINT ck_enterprises_name CHECK (length(name) BETWEEN 1 AND 200),
        former_names text[] NOT NULL DEFAULT '{}',
        entity_kind text NOT NULL CONSTRAINT ck_enterprises_entity_kind CHECK (entity_kind IN ('enterprise', 'branch',
            'individual_business', 'cooperative', 'trade_union', 'public_institution', 'social_organisation', 'other')),
        is_candidate boolean NOT NULL,
        region_code text NOT NULL CONSTRAINT ck_enterprises_region_code CHECK (region_code ~ '^[0-9]{6}$'),
        park_code text,
        registered_on date,
        registered_capital_fen bigint CONSTRAINT ck_enterprises_registered_capital_fen
            CHECK (registered_capital_fen >= 0),
        industry_code text, address text, business_scope text,
        said_rung text NOT NULL,
        due_on date,
        search_text text NOT NULL GENERATED ALWAYS AS (searchable(uscc, name, former_names)) STORED,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        updated_at timestamptz NOT NULL DEFAULT clock_timestamp()""",
    "rung_intervals": """
        from_on date NOT NULL, until_on date, rung text NOT NULL,
        CONSTRAINT pk_rung_intervals PRIMARY KEY (uscc, from_on),
        CONSTRAINT ck_rung_intervals_until_on CHECK (until_on > from_on)""",
    "recognitions": """
        id uuid CONSTRAINT pk_recognitions PRIMARY KEY,
        kind text NOT NULL, level text, certificate_number text, issuer text, document text,
        issued_on date NOT NULL, valid_until_on date,
        sequence text NOT NULL CONSTRAINT ck_recognitions_sequence
            CHECK (sequence IN ('first', 'renewed', 'after_gap')),
        lapse_said boolean NOT NULL DEFAULT false,
        revoked_on date, revocation_reason text, revocation_document text,
        recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT ck_recognitions_valid_until_on CHECK (valid_until_on >= issued_on),
        CONSTRAINT ck_recognitions_revocation CHECK (num_nulls(revoked_on, revocation_reason) IN (0, 2)),
        CONSTRAINT uq_recognitions_certificate_number UNIQUE (uscc, kind, certificate_number)""",
    "figures": """
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_figures PRIMARY KEY,
        year smallint NOT NULL CONSTRAINT ck_figures_year CHECK (year BETWEEN 1980 AND 2199),
        item text NOT NULL CONSTRAINT ck_figures_item CHECK (item IN ('revenue_fen', 'rd_expense_fen',
            'rd_expense_domestic_fen', 'staff_count', 'tech_staff_count', 'ht_income_fen', 'total_income_fen',
            'total_assets_fen', 'net_assets_fen')),
        value bigint NOT NULL CONSTRAINT ck_figures_value CHECK (value >= 0 OR item = 'net_assets_fen'),
        source text NOT NULL, reported_by text NOT NULL,
        reported_at timestamptz NOT NULL DEFAULT clock_timestamp()""",
    "scale_marks": """
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_scale_marks PRIMARY KEY,
        above_scale boolean NOT NULL, from_on date NOT NULL, source text NOT NULL,
        recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()""",
    "moves": """
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_moves PRIMARY KEY,
        moved_on date NOT NULL, from_region_code text NOT NULL, from_park_code text""",
    "blocks": """
        id uuid CONSTRAINT pk_blocks PRIMARY KEY,
        kind text NOT NULL CONSTRAINT ck_blocks_kind CHECK (kind IN ('abnormal_operation', 'serious_dishonesty',
            'safety_accident', 'quality_accident', 'environmental_violation', 'integrity_breach', 'pledge_breach')),
        source text NOT NULL, document text, from_on date NOT NULL,
        released_on date, release_reason text,
        CONSTRAINT ck_blocks_released_on CHECK (released_on >= from_on),
        CONSTRAINT ck_blocks_release CHECK (num_nulls(released_on, release_reason) IN (0, 2))""",
    "contacts": """
        id uuid CONSTRAINT pk_contacts PRIMARY KEY,
        role text NOT NULL CONSTRAINT ck_contacts_role
            CHECK (role IN ('legal_representative', 'finance', 'research', 'liaison')),
        sealed text NOT NULL, consent boolean NOT NULL""",
    "timeline_entries": """
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_timeline_entries PRIMARY KEY,
        event_id uuid NOT NULL CONSTRAINT uq_timeline_entries_event_id UNIQUE,
        event_type text NOT NULL, aggregate text NOT NULL, aggregate_id text NOT NULL,
        occurred_at timestamptz NOT NULL, actor text, details jsonb NOT NULL""",
}
"""Scoped tables; each but the first also has the columns of PLACE."""

INDEXES = (
    "CREATE INDEX ix_enterprises_region_code ON enterprises (region_code, uscc)",
    # A bureau asks for its prefecture: with these the page comes off the index in order, without a sort.
    'CREATE INDEX ix_enterprises_prefecture ON enterprises ("left"(region_code, 4), uscc)',
    'CREATE INDEX ix_enterprises_province ON enterprises ("left"(region_code, 2), uscc)',
    "CREATE INDEX ix_enterprises_park_code ON enterprises (park_code, uscc) WHERE park_code IS NOT NULL",
    "CREATE INDEX ix_enterprises_search_text ON enterprises USING gin (search_text gin_trgm_ops)",
    "CREATE INDEX ix_enterprises_due_on ON enterprises (due_on) WHERE due_on IS NOT NULL",
    "CREATE INDEX ix_rung_intervals_rung ON rung_intervals (rung, uscc) INCLUDE (from_on, until_on)",
    "CREATE INDEX ix_recognitions_uscc_kind ON recognitions (uscc, kind, issued_on)",
    "CREATE INDEX ix_recognitions_valid_until_on ON recognitions (valid_until_on) WHERE valid_until_on IS NOT NULL",
    "CREATE INDEX ix_figures_uscc_year ON figures (uscc, year, item, id)",
    "CREATE INDEX ix_scale_marks_uscc ON scale_marks (uscc, from_on, id)",
    "CREATE INDEX ix_moves_uscc ON moves (uscc, moved_on)",
    "CREATE INDEX ix_blocks_uscc ON blocks (uscc)",
    "CREATE INDEX ix_contacts_uscc ON contacts (uscc)",
    "CREATE INDEX ix_timeline_entries_uscc ON timeline_entries (uscc, occurred_at, id)",
)

IMPORTS = (
    """CREATE TABLE imports (
        id uuid CONSTRAINT pk_imports PRIMARY KEY,
        region_code text, file_name text NOT NULL,
        file_format text NOT NULL CONSTRAINT ck_imports_file_format CHECK (file_format IN ('csv', 'xlsx')),
        file_sha256 text NOT NULL, mapping jsonb NOT NULL, principal jsonb NOT NULL, dry_run boolean NOT NULL,
        state text NOT NULL CONSTRAINT ck_imports_state CHECK (state IN ('queued', 'running', 'done', 'failed')),
        headings text[], columns jsonb,
        total_count int, done_count int NOT NULL DEFAULT 0, created_count int NOT NULL DEFAULT 0,
        updated_count int NOT NULL DEFAULT 0, unchanged_count int NOT NULL DEFAULT 0,
        error_count int NOT NULL DEFAULT 0, marked_count int NOT NULL DEFAULT 0,
        failure text,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(), started_at timestamptz, finished_at timestamptz,
        CONSTRAINT ck_imports_failure CHECK ((state = 'failed') = (failure IS NOT NULL)),
        CONSTRAINT ck_imports_done_count
            CHECK (done_count = created_count + updated_count + unchanged_count + error_count))""",
    "CREATE INDEX ix_imports_created_at ON imports (created_at, id)",
    """CREATE TABLE import_files (
        import_id uuid CONSTRAINT pk_import_files PRIMARY KEY
            CONSTRAINT fk_import_files_import_id_imports REFERENCES imports ON DELETE CASCADE,
        content bytea NOT NULL)""",
    "ALTER TABLE import_files ALTER content SET STORAGE EXTERNAL",
    """CREATE TABLE import_rows (
        import_id uuid NOT NULL CONSTRAINT fk_import_rows_import_id_imports REFERENCES imports ON DELETE CASCADE,
        line int NOT NULL,
        state text NOT NULL CONSTRAINT ck_import_rows_state
            CHECK (state IN ('created', 'updated', 'unchanged', 'error')),
        uscc text, is_marked boolean NOT NULL, errors jsonb NOT NULL, notes jsonb NOT NULL, cells jsonb,
        CONSTRAINT pk_import_rows PRIMARY KEY (import_id, line),
        CONSTRAINT ck_import_rows_errors CHECK ((state = 'error') = (jsonb_array_length(errors) > 0)))""",
    "CREATE INDEX ix_import_rows_errors ON import_rows (import_id, line) WHERE state = 'error'",
)

IMPORT_SCOPE = """(
    (SELECT current_setting('app.all', true)) = 'on'
    OR ((SELECT coalesce(current_setting('app.park', true), '')) = ''
        AND region_code = ANY ((SELECT string_to_array(current_setting('app.regions', true), ','))::text[])))"""
"""A list lies with the division it was imported for; a park committee has none."""

PART_OF_IMPORT = "(EXISTS (SELECT FROM imports WHERE imports.id = import_id))"
"""The parts of an import are seen by whoever sees the import: its own policy applies inside."""

JOB_TABLES = ("procrastinate_jobs", "procrastinate_events", "procrastinate_periodic_defers", "procrastinate_workers")

DROP_JOB_CODE = """DO $$ DECLARE object record; BEGIN
    FOR object IN SELECT oid::regprocedure AS name FROM pg_proc WHERE proname LIKE 'procrastinate%' LOOP
        EXECUTE 'DROP FUNCTION ' || object.name || ' CASCADE';
    END LOOP;
    FOR object IN SELECT oid::regtype AS name FROM pg_type WHERE typname LIKE 'procrastinate%' LOOP
        EXECUTE 'DROP TYPE ' || object.name || ' CASCADE';
    END LOOP;
END $$"""

SEARCH = f"""CREATE FUNCTION search_enterprises(pattern text, most int) RETURNS SETOF text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT uscc FROM enterprises WHERE search_text LIKE pattern AND {SCOPE} LIMIT most $$"""
"""Runs as the owner, whom no security barrier keeps from the index, and narrows to the asker's scope itself."""

OWN_TABLES = (*reversed(TABLES), "import_rows", "import_files", "imports")


def upgrade() -> None:
    db_ddl.create_v1(op.execute)
    outbox_ddl.create_v1(op.execute)
    inbox_ddl.create_v1(op.execute)
    op.execute(
        "CREATE FUNCTION searchable(uscc text, name text, former_names text[]) RETURNS text LANGUAGE sql IMMUTABLE"
        " RETURN upper(uscc || ' ' || name || ' ' || array_to_string(former_names, ' '))"
    )
    for table, columns in TABLES.items():
        place = "" if table == "enterprises" else PLACE.format(table=table) + ","
        op.execute(f"CREATE TABLE {table} ({place}{columns})")
        _run(scoped_table_sql(table, scope=SCOPE))
    _run(INDEXES)
    op.execute(SEARCH)
    op.execute("REVOKE ALL ON FUNCTION search_enterprises FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION search_enterprises TO tidu_app")
    _run(IMPORTS)
    _run(scoped_table_sql("imports", scope=IMPORT_SCOPE))
    _run(scoped_table_sql("import_files", scope=PART_OF_IMPORT))
    _run(scoped_table_sql("import_rows", scope=PART_OF_IMPORT))
    _create_job_tables()


def _create_job_tables() -> None:
    """Procrastinate's own schema; the API only adds jobs, the worker runs them."""
    op.get_bind().connection.driver_connection.execute(SchemaManager.get_schema())
    for table in JOB_TABLES:
        _run(open_table_sql(table, app="SELECT, INSERT"))
    for table in ("procrastinate_jobs", "procrastinate_events", "procrastinate_periodic_defers"):
        op.execute(f"GRANT USAGE ON SEQUENCE {table}_id_seq TO tidu_app, tidu_worker")


def _run(statements) -> None:
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP FUNCTION search_enterprises")
    op.execute(f"DROP TABLE {', '.join(OWN_TABLES)}")
    op.execute("DROP FUNCTION searchable")
    op.execute(f"DROP TABLE {', '.join(JOB_TABLES)} CASCADE")
    op.execute(DROP_JOB_CODE)
    op.execute("DROP TABLE parked_event, parked_key, inbox_event, inbox_head")
    op.execute("DROP TABLE relay_heartbeat, broker_seen, stream_head, outbox")
    op.execute("DROP TABLE specialist_access, idempotency_keys, audit_entries")
    op.execute("DROP FUNCTION refuse_change")
