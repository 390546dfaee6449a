"""What the broker would carry: an enterprise's registration and certificate, told to the three other services."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from services.awards import hears as awards_hears
from services.awards.domain.desk import GrantDesk
from services.notifications import hears as notifications_hears
from services.notifications.usecases.run_planners import run_planners
from services.pipeline import hears as pipeline_hears
from shared.events.base import Event
from shared.inbox.routing import Hears
from tests.awards import facts as awards_facts
from tests.contracts.applications import TODAY
from tests.contracts.seeds import CLOCK
from tests.jurisdictions.library import library
from tests.notifications import application as notifications_application
from tests.notifications import facts as notifications_facts
from tests.pipeline import application as pipeline_application
from tests.pipeline import facts as pipeline_facts
from tests.tidu.conftest import Stand

REGION = "530921"
ISSUED_ON = date(2025, 12, 3)


def tell(stand: Stand, uscc: str) -> None:
    """Let the other services hear of the enterprise, in the order in which it happened."""
    pipeline = _named(pipeline_facts.Firm(1, REGION), uscc)
    awards = _named(awards_facts.Firm(1, REGION), uscc)
    notifications = _named(notifications_facts.Firm(REGION), uscc)
    hears = pipeline_hears.heard_at(lambda: pipeline_application.desk_at(CLOCK))
    _hear(stand, "pipeline", hears, pipeline_facts.meta_of, pipeline.registered(), pipeline.scaled())
    hears = awards_hears.heard_at(lambda: GrantDesk(library(), CLOCK))
    certificate = awards_facts.recognition(issued_on=ISSUED_ON)
    _hear(stand, "awards", hears, awards_facts.meta_of, awards.scaled(), awards.granted(certificate))
    desk = notifications_application.desk(CLOCK)
    hears = notifications_hears.heard_at(lambda: desk)
    granted = notifications.granted(notifications_facts.hnte(ISSUED_ON))
    _hear(stand, "notifications", hears, notifications_facts.meta_of, granted)

    async def plan() -> None:
        async with stand.workers["notifications"].transaction() as session:
            await run_planners(session, desk.handbook, as_of=TODAY, requested_by="test")

    stand.portal.call(plan)


def _named(firm: Any, uscc: str) -> Any:
    firm.state = firm.state.model_copy(update={"uscc": uscc})
    return firm


def _hear(stand: Stand, service: str, hears: Hears, meta_of: Callable[[Event], Any], *events: Event) -> None:
    async def hear() -> None:
        for event in events:
            async with stand.workers[service].transaction() as session:
                await hears[type(event)](session, event, meta_of(event))

    stand.portal.call(hear)
