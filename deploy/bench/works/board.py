"""The board over HTTP at growing numbers of enterprises, beside counting them anew."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date
from typing import Any

import psycopg
import uvloop

from deploy.bench.enterprises import COUNTIES
from deploy.bench.figures import Figure, at_most, interleave, quantile
from deploy.bench.http_works import check, generate
from deploy.bench.load import LoadSpec
from deploy.bench.sizes import Size
from deploy.bench.stand import Stand
from services.pipeline.usecases.fold_board import AT_A_TIME, fold_board
from shared.db.engine import Database
from shared.kernel.clock import SystemClock
from shared.kernel.roles import Role

RECOUNTS = 5
_TABLES = "enterprises, board_deltas, board_days, board_marks, board_mark_days"
_CELL = "region_code, park_code, rung, pool_state, is_candidate"

# The states are left empty: what the board costs depends on the number of enterprises and cells, not on their facts.
_ENTERPRISES = """INSERT INTO enterprises
    (uscc, version, name, is_candidate, region_code, rung, first_known_on, state, places, stays, steps, doors)
    SELECT 'N' || n, 1, '示例', n %% 50 <> 0, (%(counties)s::text[])[1 + n %% cardinality(%(counties)s::text[])],
        (ARRAY['micro_small', 'tech_sme', 'hnte', 'leading'])[1 + n / 7 %% 4], date '2015-01-01' + n %% 3650,
        '{}', '[{}]', '[]', '[]', '[]'
    FROM generate_series(1, %(number)s::int) AS n"""
_DELTAS = f"""INSERT INTO board_deltas (day, {_CELL}, net)
    SELECT first_known_on, region_code, '', rung,
        (ARRAY['none', 'enrolled', 'graduated'])[1 + extract(day FROM first_known_on)::int % 3], is_candidate, count(*)
    FROM enterprises GROUP BY 1, 2, 4, 5, 6"""  # noqa: S608 - constants only
_RECOUNT = """SELECT region_code, coalesce(park_code, ''), rung, count(*) FROM enterprises
    WHERE is_candidate GROUP BY 1, 2, 3"""


def measure(size: Size) -> list[Figure]:
    """Fill, fold and ask, for each number of enterprises in turn."""
    figures = []
    with Stand() as stand:
        stand.migrate("pipeline")
        stand.start("pipeline", "main").wait_until_answering()
        for number in size.board_enterprises:
            with stand.connect("pipeline") as connection:
                _fill(connection, number)
                uvloop.run(_fold_all(stand.url("pipeline", "worker"), SystemClock().today()))
                connection.execute(f"VACUUM ANALYZE {_TABLES}")
                figures.append(_ask(stand, connection, number, size))
    return [*figures, _growth(figures)]


def _fill(connection: psycopg.Connection[Any], number: int) -> None:
    with connection.transaction():
        connection.execute(f"TRUNCATE {_TABLES} CASCADE")
        connection.execute(_ENTERPRISES, {"number": number, "counties": list(COUNTIES)})
        connection.execute(_DELTAS)


async def _fold_all(url: str, today: date) -> None:
    """Fold as the worker does each second."""
    database, taken = Database(url), AT_A_TIME
    while taken == AT_A_TIME:
        async with database.transaction() as session:
            taken = await fold_board(session, today=today)
    await database.dispose()


def _ask(stand: Stand, connection: psycopg.Connection[Any], number: int, size: Size) -> Figure:
    spec = LoadSpec(
        port=stand.port("pipeline"),
        calls=[("GET", "/v1/boards", "")],
        headers=stand.issuer.headers(Role.CASEWORKER),
        connections=1,
        seconds=size.seconds,
    )

    def over_http() -> float:
        result = generate(spec)
        check(result, "200", stand.start("pipeline", "main"))
        return result.p50_ms

    measured = interleave(size.rounds, {"board": over_http, "recount": lambda: _recount_ms(connection)})
    goal = at_most(10, 20) if number >= 1_000_000 else None
    work = f"board, p50 over {number:,} enterprises"
    return Figure(work, "ms", measured["board"], "GROUP BY in PostgreSQL alone", measured["recount"], goal)


def _recount_ms(connection: psycopg.Connection[Any]) -> float:
    times = []
    for _ in range(RECOUNTS):
        began = time.perf_counter()
        connection.execute(_RECOUNT).fetchall()
        times.append((time.perf_counter() - began) * 1000)
    return quantile(times, 0.5)


def _growth(figures: Sequence[Figure]) -> Figure:
    """Compare the largest with the smallest."""
    growth = [large / small for small, large in zip(figures[0].rounds, figures[-1].rounds, strict=True)]
    return Figure("board, growth from the smallest to the largest", "times", growth, goal=at_most(1.5, 2.0))
