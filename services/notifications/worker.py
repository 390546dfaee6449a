"""The worker of the notifications service: relay, consumer, planners, and the sender of e-mail copies."""

from __future__ import annotations

import asyncio
import os
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import uuid4

import structlog

from services.notifications.clients.smtp_mailer import MailServerDown, SmtpAccess, SmtpMailer
from services.notifications.domain.deliveries import Circuit, Deferred, Outcome
from services.notifications.domain.desk import NoticeDesk, open_desk
from services.notifications.hears import heard_at
from services.notifications.settings import Settings, SmtpSecurity
from services.notifications.usecases.claim_copies import CopyToSend, claim_copies
from services.notifications.usecases.keep_copies_moving import expire_leases, give_back, has_waiting_copies
from services.notifications.usecases.run_planners import keep_notable_run, run_planners
from services.notifications.usecases.settle_copy import settle_copy
from shared.db.engine import Database
from shared.messaging.failpoints import Failpoints
from shared.messaging.runner import Job, run_worker

CLAIMED_AT_ONCE = 20
PLANNED_AT_ONCE = 1000
MAIL_POLL_SECONDS = 1.0
LAST_WORDS_SECONDS = 3.0
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Pace:
    """How copies are sent. A lease must outlast the sending of everything claimed at once."""

    mail_domain: str
    per_second: int = 50
    lease_seconds: int = 300
    unknown_seconds: int = 900


@dataclass
class CopySender:
    """Sends what is queued, one letter at a time. No transaction is open while the mail server is spoken to."""

    desk: NoticeDesk
    mailer: SmtpMailer
    pace: Pace
    failpoints: Failpoints = field(default_factory=Failpoints)
    circuit: Circuit = field(default_factory=Circuit)

    async def work(self, database: Database) -> None:
        """Send until nothing is waiting or the mail server is out of order."""
        try:
            while not self.circuit.is_paused_at(_now()) and await self._send_some(database):
                pass
        finally:
            await self.mailer.close()

    async def _send_some(self, database: Database) -> bool:
        """Send one handful; False where nothing is waiting or nothing can be sent now."""
        self.failpoints.hit("before_claim")
        async with database.transaction() as session:
            await expire_leases(session, unknown_seconds=self.pace.unknown_seconds)
            is_waiting = await has_waiting_copies(session)
        if not is_waiting or not await self._reach_server():
            return False
        async with database.transaction() as session:
            copies = await claim_copies(
                session,
                self.desk.sealer,
                token=uuid4(),
                lease_seconds=self.pace.lease_seconds,
                limit=CLAIMED_AT_ONCE,
                mail_domain=self.pace.mail_domain,
            )
        self.failpoints.hit("after_claim")
        await self._send_claimed(database, copies)
        return True

    async def _reach_server(self) -> bool:
        """Connect before anything is claimed: a server that is away costs no copy a try."""
        try:
            await self.mailer.open()
        except MailServerDown as error:
            self._note_down(error)
            return False
        return True

    async def _send_claimed(self, database: Database, copies: Sequence[CopyToSend]) -> None:
        """Send in order; what was not tried is given back. A copy broken off in mid-air is left to its lease."""
        left = deque(copies)
        try:
            while left and not self.circuit.is_paused_at(_now()):
                copy = left.popleft()
                try:
                    await _let_finish(asyncio.ensure_future(self._send_one(database, copy)))
                except MailServerDown as error:
                    left.append(copy)
                    self._note_down(error)
                await asyncio.sleep(1 / self.pace.per_second)
        finally:
            async with database.transaction() as session:
                await give_back(session, [copy.claimed for copy in left])

    async def _send_one(self, database: Database, copy: CopyToSend) -> None:
        outcome = await self.mailer.send(copy.letter, self.desk.clock.now())
        self.failpoints.hit("after_acceptance")
        async with database.transaction() as session:
            is_ours = await settle_copy(session, copy.claimed, outcome, unknown_seconds=self.pace.unknown_seconds)
            self.failpoints.hit("before_commit")
        self._note(copy, outcome, is_ours=is_ours)

    def _note(self, copy: CopyToSend, outcome: Outcome, *, is_ours: bool) -> None:
        if isinstance(outcome, Deferred):
            self.circuit.fail(_now())
        else:
            self.circuit.succeed()
        result = type(outcome).__name__.lower()
        _log.info("copy_sent", delivery_id=str(copy.claimed.id), outcome=result, lease_kept=is_ours)

    def _note_down(self, error: MailServerDown) -> None:
        self.circuit.fail(_now(), at_once=True)
        _log.warning("mail_server_down", problem=str(error), paused_until=self.circuit.paused_until)


async def _let_finish(sending: asyncio.Future[None]) -> None:
    """Wait for a letter under way; where we are told to stop meanwhile, give it a moment to be settled."""
    try:
        await asyncio.shield(sending)
    except asyncio.CancelledError:
        await asyncio.wait([sending], timeout=LAST_WORDS_SECONDS)
        raise


def _now() -> int:
    return int(time.monotonic())


@dataclass(frozen=True)
class Planners:
    """Runs the planners for today, a handful of notices a transaction."""

    desk: NoticeDesk

    async def work(self, database: Database) -> None:
        """Catch up to today; every day missed is caught up in this pass."""
        sent_count = PLANNED_AT_ONCE
        while sent_count >= PLANNED_AT_ONCE:
            async with database.transaction() as session:
                today = self.desk.clock.today()
                run = await run_planners(
                    session, self.desk.handbook, as_of=today, requested_by="planner", limit=PLANNED_AT_ONCE
                )
                await keep_notable_run(session, run)
                sent_count = run.sent_count


def make_sender(settings: Settings, desk: NoticeDesk) -> CopySender:
    """Return the sender that the settings describe."""
    password = settings.smtp_password
    access = SmtpAccess(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender=settings.smtp_from,
        use_tls=settings.smtp_security is SmtpSecurity.TLS,
        start_tls=settings.smtp_security is SmtpSecurity.STARTTLS,
        username=settings.smtp_username,
        password=password.get_secret_value() if password else None,
        timeout_seconds=settings.smtp_timeout_seconds,
    )
    pace = Pace(
        mail_domain=settings.smtp_from.rpartition("@")[2],
        per_second=settings.mail_per_second,
        lease_seconds=settings.mail_lease_seconds,
        unknown_seconds=settings.mail_unknown_seconds,
    )
    failpoints = Failpoints.from_text(os.environ.get("FAILPOINT", ""))
    return CopySender(desk, SmtpMailer(access), pace, failpoints)


def run() -> None:
    """Work until SIGTERM or SIGINT."""
    settings = Settings()
    desk = open_desk(
        settings.jurisdictions_dir, clock=settings.clock(), field_key=settings.field_key.get_secret_value()
    )
    jobs = [
        Job("planners", settings.planner_seconds, Planners(desk).work),
        Job("copies", MAIL_POLL_SECONDS, make_sender(settings, desk).work),
    ]
    run_worker("notifications", settings, heard_at(lambda: desk), jobs)


if __name__ == "__main__":
    run()
