"""The worker's planned work and the command line: the board folded, proven, broken by hand, rebuilt."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import date

import psycopg
import pytest
from typer.testing import CliRunner

from services.pipeline import cli
from services.pipeline.hears import heard_at
from services.pipeline.worker import jobs_of
from shared.db.engine import Database
from shared.kernel.clock import FixedClock
from tests.databases import ServiceDatabase
from tests.pipeline.application import desk_at
from tests.pipeline.facts import TODAY, Firm, meta_of, recognition

DESK = desk_at(FixedClock(TODAY))


@pytest.fixture(scope="module")
def database(make_database: Callable[[str], ServiceDatabase]) -> ServiceDatabase:
    return make_database("pipeline")


@pytest.fixture
def command(database: ServiceDatabase, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], tuple[int, str]]]:
    monkeypatch.setenv("TIDU_DATABASE_URL", database.app_url)
    monkeypatch.setenv("TIDU_WORKER_DATABASE_URL", database.worker_url)
    monkeypatch.setenv("TIDU_TODAY", TODAY.isoformat())
    cli._desk.cache_clear()

    def run(name: str) -> tuple[int, str]:
        result = CliRunner().invoke(cli.app, [name])
        return result.exit_code, result.output

    yield run
    cli._desk.cache_clear()


async def work(url: str) -> None:
    """Hear twelve enterprises and run the planned work once."""
    worker = Database(url, pool_size=1)
    hears = heard_at(lambda: DESK)
    firms = [Firm(700 + n, "530902" if n % 2 else "530921") for n in range(12)]
    events = [firm.registered() for firm in firms]
    events += [firm.granted(recognition(issued_on=date(2023, 12, 1))) for firm in firms[:5]]
    for event in events:
        async with worker.transaction() as session:
            await hears[type(event)](session, event, meta_of(event))
    for job in jobs_of(DESK):
        await job.work(worker)
    await worker.dispose()


def execute(database: ServiceDatabase, statement: str) -> int:
    with psycopg.connect(database.admin_url, autocommit=True) as connection:
        return connection.execute(statement).rowcount


def test_a_board_is_proven_and_a_wrong_one_found_and_rebuilt(
    database: ServiceDatabase, command: Callable[[str], tuple[int, str]]
) -> None:
    asyncio.run(work(database.worker_url))
    assert execute(database, "SELECT 1 FROM board_deltas") == 0
    assert command("verify") == (0, "12 家,不符 0 处,汇总不符 0 处\n")

    assert execute(database, "UPDATE board_days SET net = net + 1 WHERE day = '2023-12-01'") > 0
    code, output = command("verify")
    assert code == 1
    assert "2023-12-01" in output

    assert command("rebuild")[0] == 0
    assert command("verify") == (0, "12 家,不符 0 处,汇总不符 0 处\n")


def test_a_wrong_mark_is_found_too(database: ServiceDatabase, command: Callable[[str], tuple[int, str]]) -> None:
    command("rebuild")
    assert execute(database, "UPDATE board_marks SET net = net + 1") > 0
    code, output = command("verify")
    assert code == 1
    assert "汇总不符 0 处" not in output
    command("rebuild")
    assert command("verify")[0] == 0
