"""A service's worker with the lightest handler that has an effect: `python -m deploy.bench.light_worker SERVICE`."""

from __future__ import annotations

import sys

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from deploy.bench.facts import CONSUMER
from shared.events.awards import AwardProposed
from shared.events.base import EventMeta
from shared.inbox.routing import Hears
from shared.messaging.runner import run_worker
from shared.settings import DataServiceSettings

_COUNT = sa.text(
    "INSERT INTO bench_effect (uscc, version, times) VALUES (:uscc, :version, 1)"
    " ON CONFLICT (uscc) DO UPDATE SET version = excluded.version, times = bench_effect.times + 1"
)


async def count_award(session: AsyncSession, event: AwardProposed, _: EventMeta) -> None:
    """Write one row."""
    await session.execute(_COUNT, {"uscc": event.key, "version": event.version})


def main(service: str) -> None:
    """Run until ended; only the consuming service has the handler."""
    hears: Hears = {AwardProposed: count_award} if service == CONSUMER else {}
    run_worker(service, DataServiceSettings(), hears)


if __name__ == "__main__":
    main(sys.argv[1])
