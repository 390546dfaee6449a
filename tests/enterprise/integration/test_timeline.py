"""The timeline hears all four services, each event once, and follows the enterprise when it moves."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from services.enterprise.hears import HEARS
from shared.db.engine import Database
from shared.events.awards import AwardProposed, AwardState
from shared.events.base import Event, EventMeta
from shared.events.pipeline import AssignmentState, SpecialistAssigned, SpecialistHandedOver
from shared.events.registry import CATALOGUE
from shared.kernel.roles import Role
from tests.enterprise.conftest import Desk, Who, bureau, new_uscc


def meta_of(event: Event, minute: int = 0) -> EventMeta:
    return EventMeta(
        event_id=uuid4(),
        event_type=type(event).event_type,
        occurred_at=datetime(2026, 11, 21, 8, minute, tzinfo=UTC),
        topic=event.topic,
        part=0,
        epoch=1,
        pseq=1,
        agg_id=event.aggregate_id,
        agg_version=event.version,
        actor="caseworker-530900",
    )


async def hear(worker_db: Database, event: Event, meta: EventMeta | None = None) -> None:
    async with worker_db.transaction() as session:
        await HEARS[type(event)](session, event, meta or meta_of(event))


def award_of(uscc: str, number: int = 1) -> AwardProposed:
    state = AwardState(
        id=UUID(int=number),
        version=1,
        uscc=uscc,
        beneficiary_kind="enterprise",
        beneficiary_id=uscc,
        beneficiary_name="示例",
        region_code="530921",
        grant_rule_id="lincang-hnte-first",
        grant_rule_label="首次认定高企补助",
        provision_ids=("LC-2.2-g",),
        trigger_on=date(2025, 12, 3),
        amount_fen=10_000_000,
        state="proposed",
    )
    return AwardProposed(version=1, award=state)


def assignment_of(uscc: str, login: str) -> AssignmentState:
    return AssignmentState(
        id=UUID(int=7),
        uscc=uscc,
        version=1,
        region_code="530921",
        specialist_id=UUID(int=8),
        specialist_name="李特派",
        login=login,
        state="active",
        from_on=date(2026, 11, 1),
    )


def test_everything_about_enterprises_is_heard() -> None:
    events = {c for module in CATALOGUE for c in vars(module).values() if isinstance(c, type) and issubclass(c, Event)}
    unheard = {event.event_type for event in events if event.event_type and event not in HEARS}
    assert unheard == {"pipeline.specialist_graded.v1"}, "a specialist's grade is about no enterprise"


async def test_an_event_of_another_service_is_one_linked_entry_however_often_it_comes(
    desk: Desk, worker_db: Database
) -> None:
    uscc = await desk.register()
    event = award_of(uscc)
    meta = meta_of(event)
    for _ in range(2):
        await hear(worker_db, event, meta)
    [entry] = (await desk.get(f"/v1/enterprises/{uscc}/timeline"))["items"]
    assert entry["title"] == "奖补拟定:首次认定高企补助"
    assert entry["record"] == {
        "service": "awards",
        "kind": "award",
        "id": str(UUID(int=1)),
        "path": f"/v1/awards/{UUID(int=1)}",
    }


async def test_the_timeline_is_paged_newest_first(desk: Desk, worker_db: Database) -> None:
    uscc = await desk.register()
    for minute in range(5):
        event = award_of(uscc, minute)
        await hear(worker_db, event, meta_of(event, minute))
    seen, params = [], {"limit": "2"}
    while True:
        page = await desk.get(f"/v1/enterprises/{uscc}/timeline", params=params)
        seen += [entry["record"]["id"] for entry in page["items"]]
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    assert seen == [str(UUID(int=number)) for number in (4, 3, 2, 1, 0)]


async def test_an_entry_lies_where_its_enterprise_lies_now(desk: Desk, worker_db: Database) -> None:
    uscc = await desk.register(region_code="530921")
    await hear(worker_db, award_of(uscc, 1))
    move = {"region_code": "530922"}
    await desk.ask("PATCH", f"/v1/enterprises/{uscc}", move, headers={"If-Match": '"1"'})
    await hear(worker_db, award_of(uscc, 2))
    there = await desk.get(f"/v1/enterprises/{uscc}/timeline", who=bureau("530922"))
    assert len(there["items"]) == 2


async def test_an_event_about_nobody_registered_leaves_nothing(worker_db: Database) -> None:
    await hear(worker_db, award_of(new_uscc()))


async def test_a_specialist_sees_the_enterprise_while_serving_it(desk: Desk, worker_db: Database) -> None:
    uscc = await desk.register()
    scope = {"subject": "specialist-7", "regions": []}
    specialist = Who(Role.SPECIALIST, scope)
    path = f"/v1/enterprises/{uscc}"
    assert (await desk.ask("GET", path, who=specialist)).status_code == 404
    assignment = assignment_of(uscc, "specialist-7")
    await hear(worker_db, SpecialistAssigned(version=1, assignment=assignment))
    assert (await desk.get(path, who=specialist))["uscc"] == uscc
    assert [item["uscc"] for item in (await desk.get("/v1/enterprises", who=specialist))["items"]] == [uscc]
    ended = SpecialistHandedOver(version=2, assignment=assignment, reason="换人")
    await hear(worker_db, ended)
    assert (await desk.ask("GET", path, who=specialist)).status_code == 404
