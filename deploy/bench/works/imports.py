"""Importing a list through the API and the worker, beside COPY of the same rows into the same columns."""

from __future__ import annotations

import csv
import io
import time
from typing import Any

import httpx
import psycopg

from deploy.bench.enterprises import COUNTIES, usccs
from deploy.bench.figures import Figure, at_most, interleave
from deploy.bench.processes import forget_peak, peak_mb
from deploy.bench.sizes import Size
from deploy.bench.stand import Stand
from shared.kernel.roles import Role

PATIENCE_SECONDS = 900.0
HEADINGS = ("企业名称", "统一社会信用代码", "行政区划代码", "成立日期", "注册资本(万元)", "行业代码", "地址")
_BARE = "uscc, name, region_code, registered_on, registered_capital_fen, industry_code, address"
_STATE = "SELECT state, error_count, failure FROM imports WHERE id = %s"
_STARTED = "SELECT extract(epoch FROM finished_at - started_at)::float8 FROM imports WHERE id = %s"


def measure(size: Size) -> list[Figure]:
    """Import other enterprises each round; the time is what the import itself recorded, from taken up to done."""
    with Stand() as stand:
        stand.migrate("enterprise")
        worker = stand.start("enterprise", "worker")
        stand.start("enterprise", "main").wait_until_answering()
        with stand.connect("enterprise") as connection:
            connection.execute("CREATE TABLE bare_import (LIKE enterprises INCLUDING ALL)")
            lists = iter(_lists(size.import_rows, size.rounds))
            peaks: list[float] = []

            def import_list() -> float:
                forget_peak(worker.pid)
                rate = size.import_rows / _import(stand, connection, next(lists))
                peaks.append(peak_mb(worker.pid))
                return rate

            rows = _rows(0, size.import_rows)
            works = {"import": import_list, "COPY": lambda: size.import_rows / _copy(connection, rows)}
            measured = interleave(size.rounds, works)
    work = f"import of {size.import_rows:,} rows, checked, with events"
    return [
        Figure(work, "rows/s", measured["import"], "COPY alone", measured["COPY"]),
        Figure("import: worker's peak memory", "MB", peaks, goal=at_most(400)),
    ]


def _lists(number: int, rounds: int) -> list[bytes]:
    return [_as_csv(_rows(number * round_number, number)) for round_number in range(rounds)]


def _rows(first: int, number: int) -> list[tuple[str, ...]]:
    codes = usccs(first + number)[first:]
    return [
        (f"临沧第{serial:07d}号示例有限公司", code, COUNTIES[serial % len(COUNTIES)], "2019-05-06", "500", "C3562",
         f"云南省临沧市示例路{serial % 999}号")
        for serial, code in enumerate(codes, start=first)
    ]  # fmt: skip


def _as_csv(rows: list[tuple[str, ...]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([HEADINGS, *rows])
    return text.getvalue().encode()


def _import(stand: Stand, connection: psycopg.Connection[Any], content: bytes) -> float:
    """Upload a list and return the seconds its import took."""
    address = f"http://127.0.0.1:{stand.port('enterprise')}/v1/imports"
    headers, deadline = stand.issuer.headers(Role.CASEWORKER), time.monotonic() + PATIENCE_SECONDS
    with httpx.Client(headers=headers, timeout=60) as client:
        answer = client.post(address, files={"file": ("list.csv", content, "text/csv")})
        answer.raise_for_status()
        import_id = answer.json()["id"]
    while time.monotonic() < deadline:
        row = connection.execute(
            "SELECT state, error_count, failure FROM imports WHERE id = %s", (import_id,)
        ).fetchone()
        if row and row[0] in ("done", "failed"):
            if row[0] == "failed" or row[1]:
                raise RuntimeError(f"the import ended as {row}")
            took = connection.execute(_STARTED, (import_id,)).fetchone()
            return float(took[0]) if took else 0.0
        time.sleep(0.1)
    raise TimeoutError("the import did not end")


def _copy(connection: psycopg.Connection[Any], rows: list[tuple[str, ...]]) -> float:
    """COPY the rows into a table like the registry's; returns the seconds."""
    connection.execute("TRUNCATE bare_import")
    began = time.perf_counter()
    columns = f"{_BARE}, version, entity_kind, is_candidate, said_rung"
    with connection.cursor().copy(f"COPY bare_import ({columns}) FROM STDIN") as copy:
        for name, uscc, region, day, capital, industry, address in rows:
            fen = int(capital) * 1_000_000
            copy.write_row((uscc, name, region, day, fen, industry, address, 1, "enterprise", True, "micro_small"))
    return time.perf_counter() - began
