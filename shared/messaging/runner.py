"""A service's worker: relay, consumer and planned work in one loop, each watched over, all ended by one signal."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

import structlog
import uvloop

from shared.db.engine import Database
from shared.inbox.failures import describe
from shared.inbox.routing import Hears
from shared.messaging.config import BrokerConfig
from shared.messaging.consumer import Consumer
from shared.messaging.failpoints import Failpoints
from shared.messaging.relay import Relay
from shared.messaging.replay import HttpReplayRequester
from shared.messaging.topics import heard_by, load_topics, owned_by
from shared.messaging.watch import BrokerWatch
from shared.outbox.bell import Bell
from shared.settings import DataServiceSettings
from shared.telemetry.logs import configure_logs

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, CALM_SECONDS = 0.5, 30.0, 60.0
_ENDING = (signal.SIGTERM, signal.SIGINT)
_log = structlog.get_logger(__name__)

Task = Callable[[], Awaitable[None]]
"""Something that runs until it is cancelled."""


@dataclass(frozen=True)
class Job:
    """Planned work: `work` is awaited every `every_seconds`, the first time at once; it opens its own transactions."""

    name: str
    every_seconds: float
    work: Callable[[Database], Awaitable[None]]


def run_worker(service: str, settings: DataServiceSettings, hears: Hears, jobs: Sequence[Job] = ()) -> None:
    """Be the worker process of a service until SIGTERM or SIGINT."""
    configure_logs(service, settings.log_level)
    uvloop.run(_work(service, settings, hears, jobs))


async def _work(service: str, settings: DataServiceSettings, hears: Hears, jobs: Sequence[Job]) -> None:
    async with AsyncExitStack() as stack:
        tasks = _wire(stack, service, settings, hears, jobs)
        _log.info("worker_started", service=service, tasks=sorted(tasks))
        await run_until_signal(tasks)
        _log.info("worker_stopping", service=service)


def _wire(
    stack: AsyncExitStack, service: str, settings: DataServiceSettings, hears: Hears, jobs: Sequence[Job]
) -> Mapping[str, Task]:
    """Build the parts of a worker; what has to be closed is closed by `stack`."""
    url, config = settings.secret_url("worker"), BrokerConfig.of(settings)
    topics = load_topics()
    owned, heard = owned_by(topics, service), heard_by(topics, service)
    failpoints = Failpoints.from_text(os.environ.get("FAILPOINT", ""))
    database = Database(url, pool_size=4, application_name=f"{service}-worker")
    stack.push_async_callback(database.dispose)
    bell = Bell(url)
    stack.push_async_callback(bell.close)
    database.after_announcement.append(bell.ring)
    watch = BrokerWatch(config, tuple(dict.fromkeys((*owned, *heard))), client_id=f"tidu-{service}-watch")
    stack.push_async_callback(watch.close)
    tasks: dict[str, Task] = {job.name: _repeating(job, database) for job in jobs}
    if owned:
        names = [topic.name for topic in owned]
        relay = Relay(
            service=service, database_url=url, topics=names, config=config, watch=watch, failpoints=failpoints
        )
        tasks["relay"] = relay.run
    if heard:
        requester = HttpReplayRequester(
            topics={topic.name: topic for topic in heard},
            peer_urls=settings.peer_urls,
            token_url=settings.oidc_token_url,
            client_id=settings.client_id,
            client_secret=settings.client_secret.get_secret_value(),
        )
        stack.push_async_callback(requester.close)
        tasks["consumer"] = Consumer(
            service=service,
            database=database,
            hears=hears,
            topics=[topic.name for topic in heard],
            config=config,
            watch=watch,
            request_replay=requester,
            failpoints=failpoints,
        ).run
    return tasks


def _repeating(job: Job, database: Database) -> Task:
    async def run() -> None:
        while True:
            await job.work(database)
            await asyncio.sleep(job.every_seconds)

    return run


async def run_until_signal(tasks: Mapping[str, Task]) -> None:
    """Run all tasks, each restarted when it fails, until SIGTERM or SIGINT; then cancel them and wait for their end."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in _ENDING:
        loop.add_signal_handler(number, stop.set)
    running = [asyncio.create_task(_watch_over(name, task), name=name) for name, task in tasks.items()]
    try:
        await stop.wait()
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        for number in _ENDING:
            loop.remove_signal_handler(number)


async def _watch_over(name: str, task: Task) -> None:
    """Restart a task that failed, after ever longer pauses; after a minute of running well the pause is short again."""
    pause = FIRST_PAUSE_SECONDS
    while True:
        started = time.monotonic()
        try:
            await task()
            return
        except Exception as error:
            _log.error("task_failed", task=name, problem=describe(error), exc_info=_is_ours(error))
        if time.monotonic() - started > CALM_SECONDS:
            pause = FIRST_PAUSE_SECONDS
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


def _is_ours(error: Exception) -> bool:
    """Tell whether the error's own message is safe to log: database errors quote rows."""
    return type(error).__module__.startswith("shared.")
