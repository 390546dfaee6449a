"""A sender that dies at its crash points and is started again until everything is sent.

Run as `python -m tests.notifications.dying_sender DATABASE_URL SMTP_PORT`; its last line says how often it died. Each
life is a process of its own that ends without a word, as by kill -9: once at every crash point, then by chance.
"""

from __future__ import annotations

import asyncio
import os
import sys
from itertools import chain, repeat

import psycopg

from services.notifications.clients.smtp_mailer import SmtpAccess, SmtpMailer
from services.notifications.worker import CopySender, Pace
from shared.db.engine import Database
from shared.kernel.clock import SystemClock
from shared.messaging.failpoints import Failpoints
from tests.notifications.application import desk

LEASE_SECONDS = 1
SURE_DEATHS = ("before_claim:1", "after_claim:1", "after_acceptance:1", "before_commit:1")
BY_CHANCE = "before_claim:0.1,after_claim:0.3,after_acceptance:0.05,before_commit:0.05"
_UNFINISHED = "SELECT count(*) FROM deliveries WHERE state IN ('pending', 'sending', 'unknown')"


async def live(database_url: str, smtp_port: int, crash_points: str) -> None:
    """Send until nothing is waiting, or die."""
    sender = CopySender(
        desk(SystemClock()),
        SmtpMailer(SmtpAccess("127.0.0.1", smtp_port, "tidu@localhost")),
        Pace("localhost", per_second=1000, lease_seconds=LEASE_SECONDS, unknown_seconds=0),
        Failpoints.from_text(crash_points),
    )
    database = Database(database_url, pool_size=2)
    await sender.work(database)
    await database.dispose()


def main(database_url: str, smtp_port: str) -> None:
    """Live again and again."""
    deaths = 0
    crash_points = chain(SURE_DEATHS, repeat(BY_CHANCE))
    with psycopg.connect(database_url, autocommit=True) as connection:
        while connection.execute(_UNFINISHED).fetchone() != (0,):
            points = next(crash_points)
            pid = os.fork()
            if pid == 0:
                asyncio.run(live(database_url, int(smtp_port), points))
                os._exit(0)
            _, status = os.waitpid(pid, 0)
            deaths += os.waitstatus_to_exitcode(status) != 0
    print(deaths)


if __name__ == "__main__":
    main(*sys.argv[1:])
