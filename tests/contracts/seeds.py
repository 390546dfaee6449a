"""A few rows in each service's database, and the identifiers that paths may name: fuzzing empty tables finds little."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date

import httpx
import psycopg
from fastapi import FastAPI

from services.awards import hears as awards_hears
from services.awards.domain.desk import GrantDesk
from services.notifications import hears as notifications_hears
from services.notifications.usecases.run_planners import run_planners
from services.pipeline import hears as pipeline_hears
from shared.db.engine import Database
from shared.events.base import Event
from shared.inbox.routing import Hears
from shared.kernel.clock import FixedClock
from shared.kernel.roles import Role
from shared.testing.client import client_of
from shared.testing.codes import make_uscc
from shared.testing.tokens import TestIssuer
from tests.awards import facts as awards_facts
from tests.contracts.applications import TODAY
from tests.databases import ServiceDatabase
from tests.jurisdictions.library import library
from tests.notifications import application as notifications_application
from tests.notifications import facts as notifications_facts
from tests.pipeline import application as pipeline_application
from tests.pipeline import facts as pipeline_facts

CLOCK = FixedClock(TODAY)
REGIONS = ("530402", "530403", "530902")
"""Two counties of one bureau and one of another, each of which must not see the other's rows."""

_HERE = "WHERE region_code LIKE '5304%'"
IDENTIFIERS = {
    "enterprise": {
        "uscc": f"SELECT uscc FROM enterprises {_HERE}",
        "block_id": f"SELECT id FROM blocks {_HERE}",
        "recognition_id": f"SELECT id FROM recognitions {_HERE}",
        "import_id": f"SELECT id FROM imports {_HERE}",
    },
    "pipeline": {
        "uscc": f"SELECT uscc FROM enterprises {_HERE}",
        "membership_id": f"SELECT id FROM memberships {_HERE}",
        "assignment_id": f"SELECT id FROM assignments {_HERE}",
        "specialist_id": f"SELECT id FROM specialists {_HERE}",
        "body.specialist_id": f"SELECT id FROM specialists {_HERE}",
    },
    "awards": {
        "uscc": f"SELECT uscc FROM known_enterprises {_HERE}",
        "award_id": f"SELECT id FROM awards {_HERE}",
    },
    "notifications": {
        "uscc": f"SELECT uscc FROM enterprises {_HERE}",
        "duty_id": f"SELECT id FROM duties {_HERE}",
        "notice_id": f"SELECT id FROM notices {_HERE}",
    },
}
"""Where the values come from that lead to rows: of path parameters, and of fields of bodies."""

WORDS = {
    "enterprise": {"body.kind": ["hnte", "tech_sme"], "body.topic": ["tidu-enterprise-enterprise"]},
    "pipeline": {"body.kind": ["走访"], "body.grade": ["优秀", "称职"], "body.topic": ["tidu-pipeline-membership"]},
    "awards": {"body.topic": ["tidu-awards-award"]},
    "notifications": {"body.role": ["enterprise_contact"], "body.topic": ["tidu-notifications-duty"]},
}
"""Words of a rule's vocabulary: nobody guesses them."""


class Seeder:
    """Puts rows into one service's database as its worker and its users would."""

    def __init__(self, database: ServiceDatabase, worker: Database, client: httpx.AsyncClient, issuer: TestIssuer):
        self.database = database
        self.worker = worker
        self._client = client
        self._issuer = issuer
        self._headers = issuer.headers(Role.ADMINISTRATOR, regions=())

    async def hear(self, hears: Hears, meta_of: Callable[[Event], object], *events: Event) -> None:
        """Hear events, each in a transaction of its own, as the consumer does."""
        for event in events:
            async with self.worker.transaction() as session:
                await hears[type(event)](session, event, meta_of(event))  # type: ignore[arg-type]

    async def post(self, path: str, body: object = None, **options: object) -> dict[str, str]:
        """Post something that must succeed."""
        answer = await self._client.post(path, json=body, headers=self._headers, **options)  # type: ignore[arg-type]
        assert answer.is_success, f"{path}: {answer.text}"
        made: dict[str, str] = answer.json()
        return made

    async def take_step(self, uscc: str, step: str, role: Role, body: object = None) -> None:
        """Take the enterprise's award one office further."""
        headers = self._issuer.headers(role, regions=("530400",))
        answer = await self._client.get("/v1/awards", params={"uscc": uscc}, headers=headers)
        award_id = answer.json()["items"][0]["id"]
        answer = await self._client.post(f"/v1/awards/{award_id}/{step}", json=body, headers=headers)
        assert answer.is_success, answer.text


_STEPS: tuple[tuple[str, Role, object], ...] = (
    ("decide-amount", Role.SCIENCE_REVIEWER, {"amount_fen": 500_000, "reason": "按会议纪要"}),
    ("science-review", Role.SCIENCE_REVIEWER, None),
    ("finance-review", Role.FINANCE_REVIEWER, None),
)


async def _seed_enterprise(seeder: Seeder) -> None:
    block = {"kind": "serious_dishonesty", "source": "信用中国", "from_on": "2026-01-05"}
    certificate = {"kind": "hnte", "issued_on": "2025-12-03", "certificate_number": "GR202553000001"}
    for serial, region_code in enumerate(REGIONS, start=1):
        uscc = make_uscc(serial)
        await seeder.post("/v1/enterprises", {"uscc": uscc, "name": f"示例{serial}号", "region_code": region_code})
        path = f"/v1/enterprises/{uscc}"
        await seeder.post(f"{path}/recognitions", certificate)
        await seeder.post(f"{path}/blocks", block)
    listed = {"file": ("名单.csv", "单位名称,统一社会信用代码\n".encode())}
    await seeder.post("/v1/imports", files=listed, data={"region_code": "530402"})


async def _seed_pipeline(seeder: Seeder) -> None:
    hears = pipeline_hears.heard_at(lambda: pipeline_application.desk_at(CLOCK))
    firms = [pipeline_facts.Firm(serial, region) for serial, region in enumerate(REGIONS * 2, start=1)]
    for firm in firms:
        await seeder.hear(hears, pipeline_facts.meta_of, firm.registered(), firm.scaled())
    for firm in firms[:3]:
        region_code = firm.state.region_code
        specialist = {"name": "示例专员", "home_unit": "示例研究所", "region_code": region_code}
        made = await seeder.post("/v1/specialists", specialist)
        assignment = await seeder.post("/v1/assignments", {"uscc": firm.uscc, "specialist_id": made["id"]})
        visit = {"kind": "走访", "visited_on": "2026-11-20", "outcome": "已走访"}
        await seeder.post(f"/v1/assignments/{assignment['id']}/visits", visit)
        await seeder.post("/v1/memberships", {"uscc": firm.uscc})


async def _seed_awards(seeder: Seeder) -> None:
    hears = awards_hears.heard_at(lambda: GrantDesk(library(), CLOCK))
    for serial, region_code in enumerate(REGIONS * 5, start=1):
        firm = awards_facts.Firm(serial, region_code)
        granted = firm.granted(awards_facts.recognition(issued_on=date(2025, 6, 1)))
        await seeder.hear(hears, awards_facts.meta_of, firm.scaled(), granted)
        for step in _STEPS[: (serial - 1) // 3 if region_code == "530402" else 0]:
            await seeder.take_step(firm.uscc, *step)


async def _seed_notifications(seeder: Seeder) -> None:
    desk = notifications_application.desk(CLOCK)
    hears = notifications_hears.heard_at(lambda: desk)
    for region_code in REGIONS:
        firm = notifications_facts.Firm(region_code)
        certificate = notifications_facts.hnte(date(2024, 1, 15))
        contacts = firm.contacts(("enterprise_contact", "contact@example.cn"))
        await seeder.hear(hears, notifications_facts.meta_of, firm.granted(certificate), contacts)
    async with seeder.worker.transaction() as session:
        await run_planners(session, desk.handbook, as_of=TODAY, requested_by="test")


_SEEDS: dict[str, Callable[[Seeder], Awaitable[None]]] = {
    "enterprise": _seed_enterprise,
    "pipeline": _seed_pipeline,
    "awards": _seed_awards,
    "notifications": _seed_notifications,
}


async def seed(service: str, app: FastAPI, database: ServiceDatabase, issuer: TestIssuer) -> dict[str, list[str]]:
    """Seed a service's database; returns the known values by parameter or field."""
    worker = Database(database.worker_url)
    async with client_of(app) as client:
        await _SEEDS[service](Seeder(database, worker, client, issuer))
    await worker.dispose()
    with psycopg.connect(database.admin_url) as connection:
        found = {
            name: [str(row[0]) for row in connection.execute(query.encode())]
            for name, query in IDENTIFIERS[service].items()
        }
    return {**found, **WORDS[service]}
