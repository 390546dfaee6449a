"""The way of an event: how fast the relay sends, how fast another service applies, beside kafka-python alone."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import psycopg

from deploy.bench import facts
from deploy.bench.figures import Figure, at_least, interleave
from deploy.bench.processes import peak_mb
from deploy.bench.sizes import Size
from deploy.bench.stand import Stand
from deploy.local.config import ROOT

PATIENCE_SECONDS = 30.0
_UNSENT = (
    "SELECT (SELECT count(*) FROM outbox WHERE pseq IS NULL)"
    " + (SELECT coalesce(sum(stamped - sent), 0) FROM stream_head)"
)
_UNAPPLIED = "SELECT %s - count(*) FROM inbox_event"


def measure(size: Size) -> list[Figure]:
    """Relay alone beside raw produce; then the consumer catching up; then both at once, from commit to effect."""
    with Stand() as stand:
        return _measure_on(stand, size)


def _measure_on(stand: Stand, size: Size) -> list[Figure]:
    for service in (facts.PRODUCER, facts.CONSUMER):
        stand.create_database(service, facts.create_backbone)
    relay = _start_worker(stand, facts.PRODUCER)
    with stand.connect(facts.PRODUCER) as outbox, stand.connect(facts.CONSUMER) as inbox:
        _drain(outbox, 1)
        sent = interleave(
            size.rounds,
            {"relay": lambda: _drain(outbox, size.events), "raw": lambda: _produce_raw(stand, size.events)},
        )
        consumer = _start_worker(stand, facts.CONSUMER)
        backlog = _count(outbox)
        caught_up = backlog / _until_zero(lambda: _left(inbox, _UNAPPLIED, backlog))
        applied = [_apply(outbox, inbox, size.events) for _ in range(size.rounds)]
    memory = {"relay process MB": peak_mb(relay), "consumer process MB": peak_mb(consumer)}
    return [
        Figure("relay: outbox to broker", "events/s", sent["relay"], "kafka-python alone", sent["raw"], at_least(0.6)),
        Figure(
            "commit to applied, light handler",
            "events/s",
            applied,
            goal=at_least(2000, 1000, of_value=True),
            notes={"catching up, events/s with joining": round(caught_up), **memory},
        ),
    ]


def _start_worker(stand: Stand, service: str) -> int:
    environment = stand.environment(service)
    return stand.run("deploy.bench.light_worker", service, environment=environment).pid


def _drain(outbox: psycopg.Connection[Any], number: int) -> float:
    """Append, commit, ring, and return the events per second until the broker has acknowledged all."""
    _append(outbox, number)
    return number / _until_zero(lambda: _left(outbox, _UNSENT))


def _apply(outbox: psycopg.Connection[Any], inbox: psycopg.Connection[Any], number: int) -> float:
    """Return the events per second from the commit until the other service has applied all."""
    _append(outbox, number)
    total = _count(outbox)
    return number / _until_zero(lambda: _left(inbox, _UNAPPLIED, total))


def _append(outbox: psycopg.Connection[Any], number: int) -> None:
    with outbox.transaction():
        facts.append_events(outbox, number)
    outbox.execute("NOTIFY tidu_outbox")


def _until_zero(left: Callable[[], int]) -> float:
    began = time.perf_counter()
    while left():
        if time.perf_counter() - began > PATIENCE_SECONDS:
            raise TimeoutError(f"{left()} events are still on their way")
        time.sleep(0.01)
    return time.perf_counter() - began


def _left(connection: psycopg.Connection[Any], query: str, *parameters: int) -> int:
    row = connection.execute(query, parameters).fetchone()
    return int(row[0]) if row else 0


def _count(outbox: psycopg.Connection[Any]) -> int:
    return _left(outbox, "SELECT count(*) FROM outbox")


def _produce_raw(stand: Stand, number: int) -> float:
    command = [sys.executable, "-m", "deploy.bench.raw_producer", stand.broker.bootstrap, str(number)]
    return number / float(subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout)
