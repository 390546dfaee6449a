"""Many at once: never two helpers, never two stays, never more than agreed, never a board that is off."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import date
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from services.pipeline.usecases.admit_enterprise import AdmitEnterprise, admit_enterprise
from services.pipeline.usecases.assign_specialist import assign_specialist
from services.pipeline.usecases.hand_over import hand_over
from services.pipeline.usecases.rebuild_board import rebuild_board
from services.pipeline.usecases.register_specialist import NewSpecialist, register_specialist
from services.pipeline.usecases.verify_board import verify_board
from shared.db.engine import Database
from shared.kernel.errors import Conflict
from shared.kernel.regions import expand_region
from shared.kernel.roles import Principal, Role, Scope
from tests.pipeline.application import pools, specialist_rules
from tests.pipeline.facts import TODAY, Firm

Hear = Callable[..., Awaitable[None]]
Query = Callable[..., Awaitable[list[dict[str, Any]]]]
CASEWORKER = Principal(
    "caseworker-530900", "c", "经办", frozenset({Role.CASEWORKER}), Scope(regions=tuple(expand_region("530900")))
)


async def new_specialist(api: Database, name: str, *, capacity: int | None = None) -> UUID:
    async with api.transaction(CASEWORKER) as session:
        new = NewSpecialist(name=name, kind=None, home_unit="示例研究所", region_code="530902", capacity=capacity)
        return (await register_specialist(session, new, rules=specialist_rules())).id


async def assign(api: Database, firm: Firm, specialist: UUID) -> UUID:
    async with api.transaction(CASEWORKER) as session:
        found = await assign_specialist(session, uscc=firm.uscc, specialist_id=specialist, from_on=None, today=TODAY)
        return found.id


async def admit(api: Database, firm: Firm) -> UUID:
    async with api.transaction(CASEWORKER) as session:
        found = await admit_enterprise(
            session, AdmitEnterprise(uscc=firm.uscc), pools=pools(), today=TODAY, by=CASEWORKER
        )
        return found.id


async def at_once(*work: Coroutine[Any, Any, Any]) -> tuple[list[Any], list[Exception]]:
    """Start all together; returns what succeeded and what was refused."""
    results = await asyncio.gather(*work, return_exceptions=True)
    assert all(isinstance(one, Conflict) for one in results if isinstance(one, Exception)), results
    return [r for r in results if not isinstance(r, Exception)], [r for r in results if isinstance(r, Exception)]


async def test_of_many_assignments_at_once_one_wins_and_the_others_name_it(
    hear: Hear, api: Database, query: Query
) -> None:
    firm = Firm(201)
    await hear(firm.registered())
    specialists = [await new_specialist(api, f"甲{n}") for n in range(12)]
    won, refused = await at_once(*(assign(api, firm, one) for one in specialists))
    assert len(won) == 1
    assert all("现由 甲" in str(error) for error in refused)
    active = await query("SELECT id FROM assignments WHERE uscc = :uscc AND state = 'active'", uscc=firm.uscc)
    assert [row["id"] for row in active] == won


async def test_the_database_itself_refuses_a_second_active_assignment(
    hear: Hear, api: Database, worker: Database
) -> None:
    firm = Firm(202)
    await hear(firm.registered())
    first = await new_specialist(api, "乙")
    assignment = await assign(api, firm, first)
    copy = (
        "INSERT INTO assignments (uscc, enterprise_name, region_code, specialist_id, specialist_name, state, from_on)"
        " SELECT uscc, enterprise_name, region_code, specialist_id, specialist_name, 'active', :day"
        " FROM assignments WHERE id = :id"
    )
    with pytest.raises(IntegrityError):
        async with worker.transaction() as session:
            await session.execute(sa.text(copy), {"id": assignment, "day": date(2026, 1, 1)})


async def test_of_many_admissions_at_once_one_wins(hear: Hear, api: Database, worker: Database, query: Query) -> None:
    firm = Firm(203)
    await hear(firm.registered())
    won, refused = await at_once(*(admit(api, firm) for _ in range(12)))
    assert (len(won), len(refused)) == (1, 11)
    assert all("起在库" in str(error) for error in refused)
    rows = await query("SELECT count(*) AS n FROM memberships WHERE uscc = :uscc", uscc=firm.uscc)
    assert rows == [{"n": 1}]
    async with worker.transaction() as session:
        assert (await verify_board(session)).holds


async def test_a_specialist_never_serves_more_than_agreed(hear: Hear, api: Database, query: Query) -> None:
    firms = [Firm(210 + n) for n in range(8)]
    await hear(*(firm.registered() for firm in firms))
    specialist = await new_specialist(api, "丙", capacity=3)
    won, refused = await at_once(*(assign(api, firm, specialist) for firm in firms))
    assert (len(won), len(refused)) == (3, 5)
    rows = await query("SELECT served_count FROM specialists WHERE id = :id", id=specialist)
    assert rows == [{"served_count": 3}]


async def test_two_who_hand_over_to_each_other_at_once_do_not_wait_for_ever(
    hear: Hear, api: Database, query: Query
) -> None:
    firms = [Firm(220 + n) for n in range(6)]
    await hear(*(firm.registered() for firm in firms))
    pair = [await new_specialist(api, name) for name in ("丁", "戊")]
    begun = [await assign(api, firm, pair[n % 2]) for n, firm in enumerate(firms)]

    async def swap(assignment: UUID, successor: UUID) -> None:
        async with api.transaction(CASEWORKER) as session:
            await hand_over(
                session,
                assignment,
                successor=successor,
                reason="轮换",
                today=TODAY,
                check_version=lambda version: None,
            )

    await asyncio.gather(*(swap(one, pair[(n + 1) % 2]) for n, one in enumerate(begun)))
    rows = await query("SELECT served_count FROM specialists WHERE id = ANY(:ids)", ids=pair)
    assert rows == [{"served_count": 3}, {"served_count": 3}]


async def test_admissions_events_folds_and_a_rebuild_at_once_leave_the_board_right(
    hear: Hear, api: Database, worker: Database, fold: Callable[[], Awaitable[int]]
) -> None:
    firms = [Firm(230 + n) for n in range(20)]
    await hear(*(firm.registered() for firm in firms))

    async def fold_on() -> None:
        for _ in range(10):
            await fold()
            await asyncio.sleep(0.005)

    async def rebuild() -> None:
        async with worker.transaction() as session:
            await rebuild_board(session, today=TODAY)

    changes = [hear(firm.granted()) for firm in firms[:10]] + [hear(firm.scaled()) for firm in firms[10:]]
    admissions = [admit(api, firm) for firm in firms]
    results = await asyncio.gather(*admissions, *changes, fold_on(), rebuild(), return_exceptions=True)
    assert all(isinstance(one, Conflict) for one in results if isinstance(one, BaseException)), results
    await fold()
    async with worker.transaction() as session:
        proof = await verify_board(session)
    assert proof.holds, proof
