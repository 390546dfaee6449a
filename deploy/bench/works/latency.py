"""From a change committed in enterprise to its effect committed in pipeline, at a quiet pace, on the real processes."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any

import psycopg

from deploy.bench.enterprises import load_registry, usccs
from deploy.bench.figures import Figure, at_most, quantile
from deploy.bench.http_works import check, generate
from deploy.bench.load import LoadSpec
from deploy.bench.processes import cpu_seconds
from deploy.bench.sizes import Size
from deploy.bench.stand import Stand
from shared.kernel.roles import Role

PER_SECOND = 50.0
ENTERPRISES = 5_000
PATIENCE_SECONDS = 30.0
WARM_SHARE = 0.125
_BODY = json.dumps({"above_scale": True, "from_on": "2026-01-01", "source": "统计局名录"}, ensure_ascii=False)

# PostgreSQL keeps the time of each commit; rows that are written once carry their transaction. The audit entry is
# the outbox row's companion that nobody updates.
_SAID = """SELECT o.event_id, pg_xact_commit_timestamp(a.xmin) FROM outbox AS o
    JOIN audit_entries AS a USING (correlation_id) WHERE o.id > %s ORDER BY o.id"""
_APPLIED = "SELECT event_id, pg_xact_commit_timestamp(xmin) FROM inbox_event WHERE event_id = ANY(%s)"


def measure(size: Size) -> list[Figure]:
    """Post scale marks at fifty a second, and read both commit times of each event."""
    with Stand() as stand:
        for service in ("enterprise", "pipeline"):
            stand.migrate(service)
        with stand.connect("enterprise") as connection:
            load_registry(connection, ENTERPRISES)
        api = stand.start("enterprise", "main")
        workers = [stand.start(service, "worker") for service in ("enterprise", "pipeline")]
        api.wait_until_answering()
        with stand.connect("enterprise") as outbox, stand.connect("pipeline") as inbox:
            _post(stand, seconds=1.0, run=0)
            _wait_for_all(outbox, inbox, after=0)
            processes = [api.pid, *(worker.pid for worker in workers)]
            before, began = cpu_seconds(processes), time.monotonic()
            rounds = [_round(stand, outbox, inbox, size, run) for run in range(1, size.rounds + 1)]
            cores = (cpu_seconds(processes) - before) / (time.monotonic() - began)
    notes = {"samples a round": len(rounds[0]), "API and two workers, cores": cores}
    return [
        _figure("p50", 0.5, rounds, 25, notes),
        _figure("p99", 0.99, rounds, 150, {"highest ms": max(map(max, rounds))}),
    ]


def _figure(name: str, share: float, rounds: Sequence[Sequence[float]], goal: float, notes: dict[str, Any]) -> Figure:
    values = [quantile(milliseconds, share) for milliseconds in rounds]
    work = f"commit to applied at {PER_SECOND:.0f}/s, {name}"
    return Figure(work, "ms", values, goal=at_most(goal, goal * 2), notes=notes)


def _round(
    stand: Stand, outbox: psycopg.Connection[Any], inbox: psycopg.Connection[Any], size: Size, run: int
) -> list[float]:
    """Return the milliseconds of each event of one round, the first eighth left out."""
    last = outbox.execute("SELECT max(id) FROM outbox").fetchone()
    after = int(last[0]) if last else 0
    _post(stand, seconds=size.paced_seconds, run=run)
    said, applied = _wait_for_all(outbox, inbox, after=after)
    delays = [(applied[event_id] - at).total_seconds() * 1000 for event_id, at in said]
    return delays[int(len(delays) * WARM_SHARE) :]


def _post(stand: Stand, *, seconds: float, run: int) -> None:
    """Send scale marks of other enterprises each time."""
    codes = usccs(ENTERPRISES)
    share = len(codes) // 5
    start = run * share % len(codes)
    chosen = (codes + codes)[start : start + share]
    spec = LoadSpec(
        port=stand.port("enterprise"),
        calls=[("POST", f"/v1/enterprises/{code}/scale", _BODY) for code in chosen],
        headers=stand.issuer.headers(Role.CASEWORKER),
        connections=8,
        seconds=seconds,
        warm_seconds=0,
        per_second=PER_SECOND,
        key_prefix=f"latency-{run}",
    )
    check(generate(spec), "201", stand.start("enterprise", "main"))


def _wait_for_all(
    outbox: psycopg.Connection[Any], inbox: psycopg.Connection[Any], *, after: int
) -> tuple[list[Any], dict[Any, Any]]:
    """Return what was said since, and when each of it was applied, once nothing is missing."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    said = outbox.execute(_SAID, (after,)).fetchall()
    while True:
        applied = dict(inbox.execute(_APPLIED, ([event_id for event_id, _ in said],)).fetchall())
        if len(applied) == len(said):
            return said, applied
        if time.monotonic() > deadline:
            raise TimeoutError(f"{len(said) - len(applied)} of {len(said)} events were not applied")
        time.sleep(0.1)
