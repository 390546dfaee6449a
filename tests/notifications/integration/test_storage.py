"""The database's own promises: the schema is what the code says, goes down and up, and refuses what must not be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import uuid4

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.exc import IntegrityError

from services.notifications.db.tables import metadata
from shared.db.engine import Database, driver_url
from shared.db.migrate import downgrade, is_current, upgrade
from shared.kernel.roles import Principal, Role, Scope
from tests.databases import ServiceDatabase
from tests.notifications.conftest import Office
from tests.notifications.facts import Firm, hnte, recognition


def test_tables_and_migrations_say_the_same(service_database: ServiceDatabase) -> None:
    engine = sa.create_engine(driver_url(service_database.owner_url), poolclass=sa.NullPool)
    with engine.connect() as connection:
        options = {"include_name": lambda name, kind, _: kind != "table" or name in metadata.tables}
        context = MigrationContext.configure(connection, opts=options)
        wrong = [change for change in compare_metadata(context, metadata) if change[0] in ("add_table", "add_column")]
        wrong += [change for change in compare_metadata(context, metadata) if change[0] == "remove_column"]
    assert not wrong


def test_the_schema_goes_down_and_up_again(make_database: Callable[[str], ServiceDatabase]) -> None:
    database = make_database("notifications")
    downgrade("notifications", database.owner_url, "base")
    upgrade("notifications", database.owner_url)
    assert is_current("notifications", database.owner_url)


async def test_one_key_has_one_notice(office: Office) -> None:
    firm = Firm()
    await office.hear(firm.granted(recognition("tech_sme", date(2026, 5, 1), valid_until_on=date(2027, 6, 30))))
    with pytest.raises(IntegrityError, match="uq_notices_key"):
        await office.query(
            "INSERT INTO notices (uscc, region_code, duty_id, kind, offset_days, due_on, planned_on, recipient, state)"
            " SELECT uscc, region_code, duty_id, kind, offset_days, due_on, planned_on, recipient, state FROM notices"
            " WHERE uscc = :uscc LIMIT 1 RETURNING 1",
            uscc=firm.uscc,
        )
    with pytest.raises(IntegrityError, match="uq_notices_key"):
        await office.query(
            "INSERT INTO notices (uscc, region_code, award_id, kind, offset_days, planned_on, recipient, state)"
            " SELECT :uscc, '530902', :award_id, 'award_decided', 0, date '2026-11-21', 'enterprise', 'planned'"
            " FROM generate_series(1, 2) RETURNING 1",
            uscc=firm.uscc,
            award_id=uuid4(),
        )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE duties SET state = 'done' WHERE uscc = :uscc RETURNING 1",
        "UPDATE duties SET state = 'lost' WHERE uscc = :uscc RETURNING 1",
        "UPDATE notices SET state = 'sent' WHERE uscc = :uscc RETURNING 1",
        "UPDATE notices SET award_id = duty_id WHERE uscc = :uscc RETURNING 1",
        "UPDATE notices SET read_by = 'x' WHERE uscc = :uscc RETURNING 1",
        "INSERT INTO deliveries (notice_id, uscc, region_code, channel, state) SELECT id, uscc, region_code, 'email',"
        " 'sending' FROM notices WHERE uscc = :uscc RETURNING 1",
    ],
)
async def test_half_set_records_are_impossible(office: Office, statement: str) -> None:
    firm = Firm()
    await office.hear(firm.granted(hnte(date(2026, 11, 1))))
    with pytest.raises(IntegrityError, match="check constraint"):
        await office.query(statement, uscc=firm.uscc)


async def test_the_database_shows_no_row_outside_the_scope(office: Office, service_database: ServiceDatabase) -> None:
    firm = Firm(park_code="P1")
    await office.hear(firm.granted(hnte(date(2026, 11, 1))), firm.contacts(("liaison", "a@example.com")))
    await office.run(date(2027, 5, 30))
    database = Database(service_database.app_url)
    here = Scope(regions=("530902",))
    seen = {}
    for name, scope in (("here", here), ("park", Scope(regions=("530902",), park_code="P2")), ("nothing", Scope())):
        principal = Principal("somebody", "somebody", "某人", frozenset({Role.CASEWORKER}), scope)
        async with database.transaction(principal, writes=False) as session:
            seen[name] = [
                await session.scalar(sa.text(f"SELECT count(*) FROM {table} WHERE uscc = :uscc"), {"uscc": firm.uscc})
                for table in ("enterprises", "recipients", "duties", "notices", "deliveries")
            ]
    await database.dispose()
    assert all(seen["here"])
    assert seen["park"] == seen["nothing"] == [0] * 5
