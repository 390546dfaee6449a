"""The worker of the enterprise service: relay, timeline consumer, sweep of what is due, and imports."""

from __future__ import annotations

import asyncio
from uuid import UUID

import structlog
from procrastinate import App, JobContext, PsycopgConnector, RetryStrategy

from services.enterprise.db.jobs import IMPORT_QUEUE, RUN_IMPORT
from services.enterprise.domain.errors import FileRefused
from services.enterprise.domain.importing.reader import ImportReader, count_rows
from services.enterprise.domain.ladders import Ladders
from services.enterprise.hears import HEARS
from services.enterprise.settings import Settings
from services.enterprise.usecases.announce_due import announce_due
from services.enterprise.usecases.changing import Register
from services.enterprise.usecases.follow_import import ImportWork, begin_import, find_import_work, finish_import
from services.enterprise.usecases.take_import_rows import take_import_rows
from shared.db.engine import Database
from shared.kernel.clock import Clock
from shared.messaging.runner import Job, run_worker
from shared.rules.ladders import load_ladders

CHUNK_ROWS = 1000
SWEEP_SECONDS = 20.0
RESCUE_SECONDS = 2.0
HEARTBEAT_SECONDS, DEAD_AFTER_SECONDS = 2.0, 6.0
MAX_ATTEMPTS = 10
_SHUTDOWN_SECONDS = 1.5
_log = structlog.get_logger(__name__)


class Planner:
    """What this worker does of itself, with the ladders and the clock it needs."""

    def __init__(self, ladders: Ladders, clock: Clock) -> None:
        self._ladders = ladders
        self._clock = clock

    def register(self) -> Register:
        """Return what a change made now needs."""
        return Register(self._ladders, self._clock.today())

    async def sweep(self, database: Database) -> None:
        """Announce everything that is due by today, a batch a transaction."""
        while True:
            async with database.transaction() as session:
                count = await announce_due(session, self.register())
            if not count:
                return
            _log.info("due_announced", count=count)

    async def run_import(self, database: Database, import_id: UUID) -> None:
        """Import a list from its checkpoint to its end, a chunk a transaction; harmless when run twice or killed."""
        while True:
            async with database.transaction() as session:
                work = await find_import_work(session, import_id)
            if work is None:
                return
            try:
                if await self._import_rest(database, work):
                    return
            except FileRefused as refusal:
                async with database.transaction() as session:
                    await finish_import(session, import_id, failure=refusal.detail)
                return
            await asyncio.sleep(1)

    async def _import_rest(self, database: Database, work: ImportWork) -> bool:
        """Take the rows from the checkpoint on; False where another run overtook this one."""
        register = self.register()
        reader, total = await asyncio.to_thread(_open, work, register)
        async with database.transaction() as session:
            await begin_import(session, work.job.id, reader.columns, total_count=total)
        done = work.job.done_count
        while rows := await asyncio.to_thread(reader.next_chunk, CHUNK_ROWS):
            async with database.transaction(work.job.principal) as session:
                if not await take_import_rows(session, register, work.job.id, rows, at=done):
                    return False
            done += len(rows)
        async with database.transaction() as session:
            await finish_import(session, work.job.id)
        return True

    async def work_off_imports(self, database: Database) -> None:
        """Run import jobs until cancelled; those of a worker that died are taken up again."""
        app = App(connector=PsycopgConnector(conninfo=database.url, min_size=1, max_size=3))

        @app.task(
            name=RUN_IMPORT, pass_context=True, retry=RetryStrategy(max_attempts=MAX_ATTEMPTS, exponential_wait=2)
        )
        async def run_import(context: JobContext, import_id: str) -> None:
            await self._run_import_job(database, UUID(import_id), is_last=context.job.attempts + 1 >= MAX_ATTEMPTS)

        async with app.open_async(), asyncio.TaskGroup() as tasks:
            tasks.create_task(_rescue_stalled(app))
            await app.run_worker_async(
                queues=[IMPORT_QUEUE],
                concurrency=1,
                install_signal_handlers=False,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=DEAD_AFTER_SECONDS,
                shutdown_graceful_timeout=_SHUTDOWN_SECONDS,
                delete_jobs="successful",
            )

    async def _run_import_job(self, database: Database, import_id: UUID, *, is_last: bool) -> None:
        try:
            await self.run_import(database, import_id)
        except Exception as error:
            _log.warning("import_interrupted", import_id=str(import_id), problem=type(error).__name__, is_last=is_last)
            if is_last:
                async with database.transaction() as session:
                    await finish_import(session, import_id, failure="多次尝试后仍未能完成,请把导入编号告诉管理员")
                return
            raise


def _open(work: ImportWork, register: Register) -> tuple[ImportReader, int]:
    job = work.job
    reader = ImportReader(
        work.content, job.file_format, mapping=job.mapping, region_code=job.region_code, today=register.today
    )
    total = job.total_count or count_rows(work.content, job.file_format, reader.columns)
    reader.skip(job.done_count)
    return reader, total


async def _rescue_stalled(app: App) -> None:
    """Give back the jobs of workers that show no sign of life any more."""
    while True:
        for job in await app.job_manager.get_stalled_jobs(
            queue=IMPORT_QUEUE, seconds_since_heartbeat=DEAD_AFTER_SECONDS
        ):
            _log.warning("import_job_rescued", job_id=job.id)
            await app.job_manager.retry_job(job)
        await asyncio.sleep(RESCUE_SECONDS)


def run() -> None:
    """Work until SIGTERM or SIGINT."""
    settings = Settings()
    planner = Planner(Ladders(load_ladders(settings.jurisdictions_dir)), settings.clock())
    jobs = (Job("sweep", SWEEP_SECONDS, planner.sweep), Job("imports", 1.0, planner.work_off_imports))
    run_worker("enterprise", settings, HEARS, jobs)


if __name__ == "__main__":
    run()
