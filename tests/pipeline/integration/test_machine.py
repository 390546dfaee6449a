"""Pools and assignments against a model: whatever is done in whatever order, database, board and model agree."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from datetime import date
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

import psycopg
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.ext.asyncio import AsyncSession

from services.pipeline.db import board_repository
from services.pipeline.domain.memberships import ExitKind
from services.pipeline.hears import heard_at
from services.pipeline.usecases.admit_enterprise import AdmitEnterprise, admit_enterprise
from services.pipeline.usecases.assign_specialist import assign_specialist
from services.pipeline.usecases.exit_membership import exit_membership
from services.pipeline.usecases.fold_board import fold_board
from services.pipeline.usecases.hand_over import hand_over
from services.pipeline.usecases.rebuild_board import rebuild_board
from services.pipeline.usecases.register_specialist import NewSpecialist, register_specialist
from services.pipeline.usecases.verify_board import verify_board
from shared.db.engine import Database
from shared.events.base import Event
from shared.kernel.clock import FixedClock
from shared.kernel.errors import Conflict
from shared.kernel.roles import SYSTEM
from tests.databases import ServiceDatabase
from tests.pipeline.application import desk_at, pools, specialist_rules
from tests.pipeline.facts import TODAY, Firm, meta_of

Result = TypeVar("Result")
FIRMS = st.integers(0, 3)
SPECIALISTS = st.integers(0, 1)
CAPACITY = 2
DATABASE: list[ServiceDatabase] = []
TABLES = (
    "board_deltas, board_days, board_marks, board_mark_days, visits, assignments, specialist_grades, specialists,"
    " memberships, enterprises, specialist_access, outbox"
)


@pytest.fixture(scope="module")
def database(make_database: Callable[[str], ServiceDatabase]) -> Iterator[ServiceDatabase]:
    DATABASE.append(make_database("pipeline"))
    yield DATABASE[0]
    DATABASE.clear()


class Cultivation(RuleBasedStateMachine):
    """Four enterprises of 玉溪, where a valid HNTE is not admitted, and two specialists; the model is dictionaries."""

    def __init__(self) -> None:
        super().__init__()
        with psycopg.connect(DATABASE[0].admin_url, autocommit=True) as connection:
            connection.execute(f"TRUNCATE {TABLES}")
        self.runner = asyncio.Runner()
        self.database = Database(DATABASE[0].worker_url, pool_size=2)
        self.hears = heard_at(lambda: desk_at(FixedClock(TODAY)))
        self.enrolled: dict[int, UUID] = {}
        self.graduated: set[int] = set()
        self.recognised: set[int] = set()
        self.served: dict[int, tuple[UUID, int]] = {}

    def do(self, work: Callable[[AsyncSession], Awaitable[Result]]) -> Result:
        async def run() -> Result:
            async with self.database.transaction() as session:
                return await work(session)

        return self.runner.run(run())

    def hear(self, event: Event) -> None:
        self.do(lambda session: self.hears[type(event)](session, event, meta_of(event)))

    @initialize()
    def register(self) -> None:
        self.firms = [Firm(900 + n, "530402") for n in range(4)]
        for firm in self.firms:
            self.hear(firm.registered())
        self.specialists = [self.do(partial(self._register, n)) for n in range(2)]

    async def _register(self, number: int, session: AsyncSession) -> UUID:
        name = f"特派员{number}"
        new = NewSpecialist(name, None, "研究所", "530402", login=f"login-{number}", capacity=CAPACITY)
        return (await register_specialist(session, new, rules=specialist_rules())).id

    @rule(firm=FIRMS)
    def admit(self, firm: int) -> None:
        wish = AdmitEnterprise(uscc=self.firms[firm].uscc)
        expected = firm not in self.enrolled and firm not in self.recognised
        try:
            made = self.do(lambda s: admit_enterprise(s, wish, pools=pools(), today=TODAY, by=SYSTEM))
        except Conflict:
            assert not expected
        else:
            assert expected
            self.enrolled[firm] = made.id
            self.graduated.discard(firm)

    @rule(firm=FIRMS, kind=st.sampled_from(ExitKind))
    def leave(self, firm: int, kind: ExitKind) -> None:
        if firm not in self.enrolled:
            return
        choices: dict[str, Any] = {"kind": kind, "reason": "决定", "exited_on": None, "today": TODAY, "by": SYSTEM}
        stay = self.enrolled.pop(firm)
        self.do(lambda s: exit_membership(s, stay, check_version=lambda version: None, **choices))

    @rule(firm=FIRMS)
    def recognise(self, firm: int) -> None:
        if firm in self.recognised:
            return
        self.hear(self.firms[firm].granted())
        self.recognised.add(firm)
        if self.enrolled.pop(firm, None):
            self.graduated.add(firm)

    @rule(firm=FIRMS)
    def lose_recognition(self, firm: int) -> None:
        if firm in self.recognised:
            self.hear(self.firms[firm].revoked(self.firms[firm].state.recognitions[-1], on=date(2026, 10, 15)))
            self.recognised.discard(firm)

    @rule(firm=FIRMS, region=st.sampled_from(["530402", "530423"]))
    def move(self, firm: int, region: str) -> None:
        if self.firms[firm].state.region_code != region:
            self.hear(self.firms[firm].moved(region, on=TODAY))

    @rule(firm=FIRMS, specialist=SPECIALISTS)
    def assign(self, firm: int, specialist: int) -> None:
        choices: dict[str, Any] = {"specialist_id": self.specialists[specialist], "from_on": None, "today": TODAY}
        expected = firm not in self.served and self._load(specialist) < CAPACITY
        try:
            made = self.do(lambda s: assign_specialist(s, uscc=self.firms[firm].uscc, **choices))
        except Conflict:
            assert not expected
        else:
            assert expected
            self.served[firm] = (made.id, specialist)

    @precondition(lambda self: self.served)
    @rule(firm=FIRMS, specialist=st.one_of(st.none(), SPECIALISTS))
    def hand(self, firm: int, specialist: int | None) -> None:
        if firm not in self.served:
            return
        assignment, present = self.served[firm]
        successor = None if specialist is None else self.specialists[specialist]
        expected = specialist is None or (specialist != present and self._load(specialist) < CAPACITY)
        choices: dict[str, Any] = {"successor": successor, "reason": "轮换", "today": TODAY}
        try:
            _, begun = self.do(lambda s: hand_over(s, assignment, check_version=lambda version: None, **choices))
        except Conflict:
            assert not expected
            return
        assert expected
        del self.served[firm]
        if begun and specialist is not None:
            self.served[firm] = (begun.id, specialist)

    def _load(self, specialist: int) -> int:
        return sum(1 for _, present in self.served.values() if present == specialist)

    @rule()
    def fold(self) -> None:
        self.do(lambda session: fold_board(session, today=TODAY))

    @rule()
    def rebuild(self) -> None:
        self.do(lambda session: rebuild_board(session, today=TODAY))

    @invariant()
    def the_records_are_those_of_the_model(self) -> None:
        if not hasattr(self, "specialists"):
            return
        open_stays = "SELECT id FROM memberships WHERE state = 'enrolled'"
        active = "SELECT id FROM assignments WHERE state = 'active'"
        assert self._ids(open_stays) == set(self.enrolled.values())
        assert self._ids(active) == {assignment for assignment, _ in self.served.values()}
        seen = self.do(self._access)
        assert seen == {(f"login-{who}", self.firms[firm].uscc) for firm, (_, who) in self.served.items()}

    def _ids(self, statement: str) -> set[UUID]:
        async def ask(session: AsyncSession) -> set[UUID]:
            return set(await session.scalars(sa.text(statement)))

        return self.do(ask)

    @staticmethod
    async def _access(session: AsyncSession) -> set[tuple[str, str]]:
        return {(row.login, row.uscc) for row in await session.execute(sa.text("SELECT * FROM specialist_access"))}

    @invariant()
    def the_board_is_that_of_the_model(self) -> None:
        if not hasattr(self, "specialists"):
            return
        expected: Counter[tuple[str, str, str]] = Counter()
        for number, firm in enumerate(self.firms):
            state = "enrolled" if number in self.enrolled else "graduated" if number in self.graduated else "none"
            rung = "hnte" if number in self.recognised else "micro_small"
            expected[rung, state, firm.state.region_code] += 1
        assert self.do(self._board) == expected

    @staticmethod
    async def _board(session: AsyncSession) -> Counter[tuple[str, str, str]]:
        rows = await board_repository.read_board(session, TODAY, region_codes=None, park_code=None)
        return Counter({(row["rung"], row["pool_state"], row["region_code"]): row["count"] for row in rows})

    def teardown(self) -> None:
        assert self.do(verify_board).holds
        self.runner.run(self.database.dispose())
        self.runner.close()


def test_pools_and_assignments_agree_with_a_model_whatever_is_done(database: ServiceDatabase) -> None:
    # No shrinking: every step is several transactions, and a failing run prints its steps anyway.
    run_state_machine_as_test(
        Cultivation,
        settings=settings(
            max_examples=8,
            stateful_step_count=20,
            phases=[Phase.generate],
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
