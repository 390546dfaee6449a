"""Random lives of an enterprise: what it is told equals what the plain model says it should be told."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.notifications.usecases.close_duty import complete_duty, find_awaited_duty, waive_duty
from shared.events.base import Event
from tests.notifications.conftest import Office
from tests.notifications.facts import TODAY, Firm, recognition
from tests.notifications.model import Model
from tests.notifications.rules import with_offsets

SCHEDULES = ((90, 30, 7, 1, 0, -1), (60, 3), (1, -1, -10), (30, 14))
"""Offsets, overdue days negative."""


@dataclass
class Life:
    """One enterprise lived twice: in the service and in the model."""

    office: Office
    model: Model
    firm: Firm
    chance: random.Random
    last: Event | None = None

    async def step(self) -> None:
        """Let one thing happen."""
        happenings = [self.wait, self.wait, self.run, self.run, self.grant, self.move, self.revoke, self.close]
        await self.chance.choice([*happenings, self.restore, self.repeat, self.rename])()

    async def hear(self, event: Event) -> None:
        self.last = event
        await self.office.hear(event)
        self.model.hear(self.firm.state.recognitions)

    async def wait(self) -> None:
        self.office.today += timedelta(days=self.chance.choice((1, 2, 6, 25, 100)))
        self.model.today = self.office.today

    async def run(self) -> None:
        await self.office.run()
        self.model.run()

    async def grant(self) -> None:
        number = recognition("tech_sme", self.office.today, valid_until_on=self.some_day())
        await self.hear(self.firm.granted(number))

    async def move(self) -> None:
        if known := self.firm.state.recognitions:
            await self.hear(
                self.firm.corrected(self.chance.choice(known).model_copy(update={"valid_until_on": self.some_day()}))
            )

    async def revoke(self) -> None:
        if known := [item for item in self.firm.state.recognitions if item.revoked_on is None]:
            await self.hear(self.firm.revoked(self.chance.choice(known), self.office.today))

    async def restore(self) -> None:
        if known := [item for item in self.firm.state.recognitions if item.revoked_on is not None]:
            await self.hear(self.firm.corrected(self.chance.choice(known).model_copy(update={"revoked_on": None})))

    async def rename(self) -> None:
        await self.hear(self.firm.updated(name=f"改名{self.chance.random()}"))

    async def repeat(self) -> None:
        if self.last is not None:
            await self.office.hear(self.last)

    async def close(self) -> None:
        if not self.firm.state.recognitions:
            return
        recognition_id = str(self.chance.choice(self.firm.state.recognitions).id)
        if not self.model.close_by_person(recognition_id):
            return
        (row,) = await self.office.query(
            "SELECT id FROM duties WHERE uscc = :uscc AND subject = :subject",
            uscc=self.firm.uscc,
            subject=recognition_id,
        )
        async with self.office.database.transaction() as session:
            duty = await find_awaited_duty(session, row["id"])
            if self.chance.random() < 0.5:
                await waive_duty(session, duty, reason="测试")
            else:
                await complete_duty(session, duty, done_on=TODAY, proof="测试", today=self.office.today)

    def some_day(self) -> date:
        return self.office.today + timedelta(days=self.chance.choice((-20, -1, 0, 1, 5, 29, 31, 95, 200)))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(min_value=0, max_value=2**32),
    length=st.integers(min_value=20, max_value=60),
    offsets=st.sampled_from(SCHEDULES),
)
async def test_what_is_told_equals_the_model(office: Office, seed: int, length: int, offsets: tuple[int, ...]) -> None:
    office.today, office.rules = TODAY, with_offsets(*offsets)
    life = Life(office, Model(offsets, TODAY), Firm(), random.Random(seed))
    await life.hear(life.firm.registered())
    for _ in range(length):
        await life.step()
    for _ in range(3):
        await life.wait()
        await life.run()
    told = [(due_on, offset) for _, due_on, offset in await office.told(life.firm.uscc) if due_on is not None]
    assert sorted(told) == life.model.told()
    planned = await office.notices(life.firm.uscc, "planned")
    alive = [(duty.due_on, offset) for duty in life.model.duties.values() for offset in duty.alive]
    assert sorted((notice["due_on"], notice["offset_days"]) for notice in planned) == sorted(alive)


async def test_every_event_is_the_next_version_of_its_record(office: Office) -> None:
    rows = await office.query(
        "SELECT agg_id, array_agg(agg_version ORDER BY id) AS versions FROM outbox GROUP BY agg_type, agg_id"
    )
    assert rows
    assert all(row["versions"] == list(range(1, len(row["versions"]) + 1)) for row in rows)
