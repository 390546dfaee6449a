"""What the HTTP works share: the loaded registry, the service and its bare limit side by side, the generator's runs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from itertools import count

from deploy.bench import bare
from deploy.bench.enterprises import load_registry, usccs
from deploy.bench.figures import Figure, Goal, interleave
from deploy.bench.load import LoadResult, LoadSpec
from deploy.bench.processes import Running, cpu_seconds, peak_mb
from deploy.bench.sizes import Size
from deploy.bench.stand import Stand
from deploy.local.config import ROOT
from deploy.local.ports import free_port
from shared.kernel.roles import Role

Calls = Callable[[int], list[tuple[str, str, str]]]
"""Makes the calls of one run, given its number: runs that change something must not repeat themselves."""


class Rivals:
    """The service, the bare limit and the ceiling of the generator, over one database."""

    def __init__(self, stand: Stand, size: Size) -> None:
        self._stand = stand
        self._size = size
        self._runs = count()
        stand.migrate("enterprise")
        with stand.connect("enterprise") as connection:
            load_registry(connection, size.enterprises)
            connection.execute(bare.DDL)
        self.service = stand.start("enterprise", "main")
        self.bare = self._start_other("deploy.bench.bare")
        self._ceiling = self._start_other("deploy.bench.ceiling")
        for running in (self.service, self.bare, self._ceiling):
            running.wait_until_answering()

    def usccs(self) -> tuple[str, ...]:
        """Return the codes in the registry."""
        return usccs(self._size.enterprises)

    def compare(self, work: str, goal: Goal, *, ours: Calls, bare: Calls, expected: str = "200") -> Figure:
        """Measure the same work on the service and on the bare limit in turn."""
        results: dict[str, LoadResult] = {}

        def run(name: str, running: Running, calls: Calls) -> float:
            spec = self._spec(running, calls(number := next(self._runs)), number)
            before = cpu_seconds([running.pid])
            results[name] = result = generate(spec)
            spent = cpu_seconds([running.pid]) - before
            check(result, expected, running)
            results[f"{name} cpu"] = replace(result, generator_cpu=spent / max(result.sent, 1))
            return result.per_second

        rates = interleave(
            self._size.rounds,
            {"ours": lambda: run("ours", self.service, ours), "bare": lambda: run("bare", self.bare, bare)},
        )
        notes: dict[str, float | str] = {
            "p50 ms": results["ours"].p50_ms,
            "p99 ms": results["ours"].p99_ms,
            "CPU us/request": results["ours cpu"].generator_cpu * 1e6,
            "bare p50 ms": results["bare"].p50_ms,
            "bare CPU us/request": results["bare cpu"].generator_cpu * 1e6,
            "bytes": results["ours"].bytes_per_answer,
            "bare bytes": results["bare"].bytes_per_answer,
            "service peak MB": peak_mb(self.service.pid),
        }
        return Figure(work, "req/s", rates["ours"], "Starlette + asyncpg", rates["bare"], goal, notes)

    def ceiling(self) -> Figure:
        """Measure how far the generator goes by itself."""
        result = generate(self._spec(self._ceiling, [("GET", "/", "")], next(self._runs)))
        notes = {"generator CPU, cores": result.generator_cpu}
        return Figure("generator against constant bytes", "req/s", [result.per_second], notes=notes)

    def _spec(self, running: Running, calls: list[tuple[str, str, str]], number: int) -> LoadSpec:
        return LoadSpec(
            port=running.port,
            calls=calls,
            headers=self._stand.issuer.headers(Role.CASEWORKER),
            seconds=self._size.seconds,
            key_prefix=f"bench-{number}" if calls[0][0] == "POST" else None,
        )

    def _start_other(self, module: str) -> Running:
        port, environment = free_port(), {"BENCH_DATABASE_URL": self._stand.url("enterprise", "worker")}
        return self._stand.run(module, str(port), environment=environment, port=port)


def generate(spec: LoadSpec) -> LoadResult:
    """Run the load generator in a process of its own."""
    command = [sys.executable, "-m", "deploy.bench.load"]
    text = json.dumps(asdict(spec))
    done = subprocess.run(command, input=text, capture_output=True, check=True, text=True, cwd=ROOT)
    return LoadResult(**json.loads(done.stdout))


def check(result: LoadResult, expected: str, running: Running) -> None:
    """Refuse to report the speed of wrong answers."""
    wrong = {status: number for status, number in result.statuses.items() if status != expected}
    if wrong or not result.statuses:
        raise RuntimeError(f"{running.name} answered {wrong or 'nothing'} instead of {expected}: {result.first_body}")
