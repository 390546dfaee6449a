"""Create the backbone tables, the read copy of enterprises, and awards with their reviews."""

from alembic import op

from shared.db import ddl as backbone
from shared.db.rls import scoped_table_sql
from shared.inbox import ddl as inbox
from shared.outbox import ddl as outbox

revision = "0001_create_awards"
down_revision = None
branch_labels = None
depends_on = None

_TABLES = (
    """CREATE TABLE known_enterprises (
        uscc text CONSTRAINT pk_known_enterprises PRIMARY KEY,
        version int NOT NULL CONSTRAINT ck_known_enterprises_version CHECK (version > 0),
        region_code text NOT NULL,
        park_code text,
        state jsonb NOT NULL)""",
    """CREATE TABLE awards (
        id uuid CONSTRAINT pk_awards PRIMARY KEY,
        version int NOT NULL CONSTRAINT ck_awards_version CHECK (version > 0),
        uscc text CONSTRAINT ck_awards_uscc CHECK (length(uscc) = 18),
        region_code text NOT NULL CONSTRAINT ck_awards_region_code CHECK (region_code ~ '^[0-9]{6}$'),
        park_code text,
        beneficiary text NOT NULL CONSTRAINT ck_awards_beneficiary
            CHECK (beneficiary IN ('enterprise', 'platform_host', 'specialist', 'base')),
        beneficiary_id text NOT NULL,
        beneficiary_name text NOT NULL,
        grant_rule_id text NOT NULL,
        grant_rule_label text NOT NULL,
        provision_ids text[] NOT NULL CONSTRAINT ck_awards_provision_ids CHECK (cardinality(provision_ids) > 0),
        pack_id text NOT NULL,
        pack_hash text NOT NULL CONSTRAINT ck_awards_pack_hash CHECK (pack_hash ~ '^sha256:[0-9a-f]{64}$'),
        trigger_kind text NOT NULL,
        trigger_id text NOT NULL,
        trigger_on date NOT NULL,
        once_key text NOT NULL,
        amount_kind text NOT NULL
            CONSTRAINT ck_awards_amount_kind CHECK (amount_kind IN ('fixed', 'per_grade', 'to_be_decided')),
        amount_fen bigint CONSTRAINT ck_awards_amount_fen CHECK (amount_fen BETWEEN 0 AND 9000000000000000),
        state text NOT NULL CONSTRAINT ck_awards_state CHECK (state IN ('proposed', 'in_science_review',
            'in_finance_review', 'in_government_consent', 'approved', 'payable', 'disbursed', 'returned', 'rejected',
            'withdrawn', 'reversed')),
        cycle int NOT NULL CONSTRAINT ck_awards_cycle CHECK (cycle > 0),
        facts_changed boolean NOT NULL,
        clawback_due boolean NOT NULL,
        reason text,
        explanation jsonb NOT NULL,
        facts jsonb NOT NULL,
        proposed_on date NOT NULL,
        decided_on date,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT uq_awards_beneficiary_id_grant_rule_id_trigger_id UNIQUE (beneficiary_id, grant_rule_id, trigger_id),
        CONSTRAINT ck_awards_amount_known CHECK (amount_kind = 'to_be_decided' OR amount_fen IS NOT NULL),
        CONSTRAINT ck_awards_amount_before_money CHECK (amount_fen IS NOT NULL
            OR state NOT IN ('in_government_consent', 'approved', 'payable', 'disbursed')),
        CONSTRAINT ck_awards_decided CHECK (decided_on IS NOT NULL
            OR state NOT IN ('approved', 'payable', 'disbursed')))""",
    """CREATE UNIQUE INDEX uq_awards_once_key ON awards (once_key)
        WHERE state NOT IN ('rejected', 'withdrawn', 'reversed')""",
    "CREATE INDEX ix_awards_uscc ON awards (uscc)",
    "CREATE INDEX ix_awards_state_created_at_id ON awards (state, created_at, id)",
    "CREATE INDEX ix_awards_region_code_created_at_id ON awards (region_code, created_at, id)",
    "CREATE INDEX ix_awards_created_at_id ON awards (created_at, id)",
    """CREATE TABLE award_seats (
        award_id uuid NOT NULL CONSTRAINT fk_award_seats_award_id_awards REFERENCES awards,
        person_id text NOT NULL,
        seat text NOT NULL
            CONSTRAINT ck_award_seats_seat CHECK (seat IN ('recorder', 'science', 'finance', 'government')),
        CONSTRAINT pk_award_seats PRIMARY KEY (award_id, person_id),
        CONSTRAINT uq_award_seats_award_id_person_id_seat UNIQUE (award_id, person_id, seat))""",
    """CREATE TABLE award_reviews (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_award_reviews PRIMARY KEY,
        award_id uuid NOT NULL,
        cycle int NOT NULL,
        step text NOT NULL,
        seat text NOT NULL,
        person_id text NOT NULL,
        person_name text NOT NULL,
        from_state text NOT NULL,
        to_state text NOT NULL,
        award_version int NOT NULL,
        content_hash text NOT NULL,
        content jsonb NOT NULL,
        comment text,
        reason text,
        document_number text,
        taken_on date NOT NULL,
        taken_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT fk_award_reviews_award_id_person_id_seat_award_seats
            FOREIGN KEY (award_id, person_id, seat) REFERENCES award_seats (award_id, person_id, seat),
        CONSTRAINT uq_award_reviews_award_id_award_version UNIQUE (award_id, award_version),
        CONSTRAINT ck_award_reviews_seat_of_step CHECK (
            CASE step WHEN 'science_review' THEN seat = 'science' WHEN 'finance_review' THEN seat = 'finance'
                WHEN 'government_consent' THEN seat = 'government' WHEN 'decide_amount' THEN seat = 'science'
                WHEN 'return' THEN seat <> 'recorder' WHEN 'reject' THEN seat <> 'recorder' ELSE false END),
        CONSTRAINT ck_award_reviews_reasoned CHECK (
            step NOT IN ('return', 'reject', 'decide_amount') OR length(reason) > 0))""",
    """CREATE UNIQUE INDEX uq_award_reviews_award_id_cycle_step ON award_reviews (award_id, cycle, step)
        WHERE step IN ('science_review', 'finance_review', 'government_consent')""",
    """CREATE TRIGGER award_reviews_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON award_reviews
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
)
# Money records are never deleted, and what a person has signed is never altered.
_NARROWED = (
    "REVOKE DELETE ON awards FROM tidu_app, tidu_worker",
    "REVOKE INSERT ON awards FROM tidu_app",
    "REVOKE UPDATE, DELETE ON award_seats, award_reviews FROM tidu_app, tidu_worker",
    "REVOKE INSERT, UPDATE, DELETE ON known_enterprises FROM tidu_app",
)
_OF_A_VISIBLE_AWARD = "(EXISTS (SELECT 1 FROM awards WHERE awards.id = award_id))"


def upgrade() -> None:
    for create in (backbone.create_v1, outbox.create_v1, inbox.create_v1):
        create(op.execute)
    for statement in _TABLES:
        op.execute(statement)
    for table in ("known_enterprises", "awards"):
        for statement in scoped_table_sql(table):
            op.execute(statement)
    for table in ("award_seats", "award_reviews"):
        for statement in scoped_table_sql(table, scope=_OF_A_VISIBLE_AWARD):
            op.execute(statement)
    for statement in _NARROWED:
        op.execute(statement)


def downgrade() -> None:
    for table in ("award_reviews", "award_seats", "awards", "known_enterprises"):
        op.execute(f"DROP TABLE {table}")
    for table in ("parked_event", "parked_key", "inbox_event", "inbox_head"):
        op.execute(f"DROP TABLE IF EXISTS {table}")
    for table in ("relay_heartbeat", "broker_seen", "stream_head", "outbox"):
        op.execute(f"DROP TABLE {table}")
    for table in ("specialist_access", "idempotency_keys", "audit_entries"):
        op.execute(f"DROP TABLE {table}")
    op.execute("DROP FUNCTION refuse_change()")
