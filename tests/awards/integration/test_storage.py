"""The database itself refuses what must never be: two offices for one person, money without an amount, deletions."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.exc import DBAPIError

from services.awards.db.tables import metadata
from shared.db.engine import driver_url
from shared.db.migrate import downgrade, upgrade
from tests.awards.facts import Firm

ONE_AWARD = "SELECT id FROM awards WHERE beneficiary_id = :id"


@pytest.fixture(scope="module")
async def award_id(hear, query) -> str:
    firm = Firm(201)
    await hear(firm.scaled(), firm.granted(), actor=None)
    return str((await query(ONE_AWARD, id=firm.uscc))[0]["id"])


SEAT = "INSERT INTO award_seats VALUES ('{id}', '{person}', '{seat}')"
REVIEW = (
    "INSERT INTO award_reviews (award_id, cycle, step, seat, person_id, person_name, from_state, to_state,"
    " award_version, content_hash, content, taken_on, reason)"
    " VALUES ('{id}', 1, '{step}', '{seat}', '{person}', '某人', 'a', 'b', {version}, 'h', '{{}}', '2025-12-01', 'r')"
)


async def test_the_database_lets_nobody_act_for_two_offices(query, award_id: str) -> None:
    with pytest.raises(DBAPIError, match="pk_award_seats"):
        await query(
            f"WITH a AS ({SEAT.format(id=award_id, person='甲', seat='science')}) "
            + SEAT.format(id=award_id, person="甲", seat="finance")
        )


@pytest.mark.parametrize(
    ("step", "seat", "constraint"),
    [
        ("finance_review", "science", "ck_award_reviews_seat_of_step"),
        ("reject", "recorder", "ck_award_reviews_seat_of_step"),
        ("science_review", "science", "fk_award_reviews"),
        ("make_coffee", "science", "ck_award_reviews_seat_of_step"),
    ],
)
async def test_the_database_refuses_a_step_from_the_wrong_seat(query, award_id, step, seat, constraint) -> None:
    with pytest.raises(DBAPIError, match=constraint):
        await query(REVIEW.format(id=award_id, step=step, seat=seat, person="无座", version=90))


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("amount_fen = -1", "ck_awards_amount_fen"),
        ("amount_fen = NULL", "ck_awards_amount_known"),
        ("amount_kind = 'to_be_decided', amount_fen = NULL, state = 'approved'", "ck_awards_amount_before_money"),
        ("state = 'approved'", "ck_awards_decided"),
        ("state = 'almost'", "ck_awards_state"),
        ("provision_ids = '{}'", "ck_awards_provision_ids"),
        ("pack_hash = 'none'", "ck_awards_pack_hash"),
    ],
)
async def test_the_database_refuses_impossible_awards(query, award_id: str, change: str, constraint: str) -> None:
    with pytest.raises(DBAPIError, match=constraint):
        await query(f"UPDATE awards SET {change} WHERE id = '{award_id}'")


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM awards WHERE id = '{id}'",
        "UPDATE award_seats SET seat = 'finance' WHERE award_id = '{id}'",
        "DELETE FROM award_reviews WHERE award_id = '{id}'",
    ],
)
async def test_the_services_own_role_can_neither_delete_nor_rewrite(query, award_id: str, statement: str) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        await query(statement.format(id=award_id))


async def test_the_tables_in_code_are_the_tables_in_the_database(service_database) -> None:
    engine = sa.create_engine(driver_url(service_database.admin_url))
    with engine.connect() as connection:
        opts = {"include_name": lambda name, kind, _: _is_ours(name, kind), "compare_type": _compare_type}
        context = MigrationContext.configure(connection, opts=opts)
        differences = [item for item in compare_metadata(context, metadata) if _matters(item)]
    engine.dispose()
    assert differences == []


def _is_ours(name: str | None, kind: str) -> bool:
    return kind != "table" or name in metadata.tables


def _compare_type(context: object, inspected: object, column: object, found: object, wanted: object) -> bool | None:
    """A text enum is text with a CHECK."""
    return False if isinstance(wanted, sa.Enum) else None


def _matters(item: object) -> bool:
    """Constraints live in the migration alone; the code names tables and columns."""
    first = item[0] if isinstance(item, list) else item
    return not (isinstance(first, tuple) and str(first[0]).endswith(("_index", "_constraint", "_fk")))


def test_the_migration_can_be_taken_back_and_done_again(make_database) -> None:
    database = make_database("awards")
    downgrade("awards", database.owner_url, "base")
    upgrade("awards", database.owner_url)
