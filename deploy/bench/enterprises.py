"""A registry of any size, loaded by COPY: every fifth enterprise is recognised, every third above designated size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import psycopg

from shared.kernel.regions import expand_region
from shared.testing.codes import make_uscc

COUNTIES = tuple(code for code in expand_region("530900") if not code.endswith("00"))
FIRST_DAY, CERTIFIED_ON = date(2015, 1, 1), date(2025, 11, 3)
VALID_UNTIL_ON = date(2028, 11, 2)
_FIGURES = (("revenue_fen", 2_600_000_000), ("rd_expense_fen", 150_000_000), ("staff_count", 80))
_PLACE = "uscc, region_code, park_code"
_MASTER = (
    f"{_PLACE}, version, name, entity_kind, is_candidate, registered_on, registered_capital_fen, industry_code,"
    " address, said_rung"
)
_RECOGNITION = f"{_PLACE}, id, kind, level, certificate_number, issuer, issued_on, valid_until_on, sequence"


@cache
def usccs(number: int) -> tuple[str, ...]:
    """Return the codes of the first `number` enterprises."""
    return tuple(make_uscc(serial) for serial in range(number))


def county_of(serial: int) -> str:
    """Return where an enterprise is: the counties are of very different size."""
    return COUNTIES[(serial * serial // 7) % len(COUNTIES)]


def is_recognised(serial: int) -> bool:
    """Whether the enterprise holds a certificate."""
    return serial % 5 == 0


def load_registry(connection: psycopg.Connection[Any], number: int) -> None:
    """Fill the enterprise service's tables as imports and recognitions would have left them."""
    places = [(uscc, county_of(serial), None) for serial, uscc in enumerate(usccs(number))]
    recognised = [(serial, place) for serial, place in enumerate(places) if is_recognised(serial)]
    with connection.transaction():
        _copy(connection, f"enterprises ({_MASTER})", _master_data(places))
        _copy(connection, f"rung_intervals ({_PLACE}, from_on, until_on, rung)", _rungs(places))
        columns = (
            f"recognitions ({_PLACE}, id, kind, level, certificate_number, issuer, issued_on, valid_until_on, sequence)"
        )
        _copy(connection, columns, (_recognition(serial, place) for serial, place in recognised))
        columns = f"figures ({_PLACE}, year, item, value, source, reported_by)"
        _copy(connection, columns, ((*p, 2025, *figure, "年度报告", "bench") for p in places for figure in _FIGURES))
        columns = f"scale_marks ({_PLACE}, above_scale, from_on, source)"
        _copy(connection, columns, ((*place, True, date(2025, 1, 1), "统计局名录") for place in places[::3]))
    connection.execute("VACUUM ANALYZE enterprises, rung_intervals, recognitions, figures, scale_marks")


def _copy(connection: psycopg.Connection[Any], target: str, rows: Iterable[Sequence[Any]]) -> None:
    with connection.cursor().copy(f"COPY {target} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _master_data(places: Sequence[tuple[str, str, None]]) -> Iterator[Sequence[Any]]:
    for serial, place in enumerate(places):
        name, registered_on = f"临沧第{serial:07d}号示例科技有限公司", FIRST_DAY + timedelta(days=serial % 3650)
        rung = "hnte" if is_recognised(serial) else "micro_small"
        capital, address = 1_000_000 * (serial % 500 + 1), f"云南省临沧市示例路{serial % 999}号"
        yield (*place, 1, name, "enterprise", True, registered_on, capital, "C3562", address, rung)


def _rungs(places: Sequence[tuple[str, str, None]]) -> Iterator[Sequence[Any]]:
    for serial, place in enumerate(places):
        if not is_recognised(serial):
            yield (*place, FIRST_DAY, None, "micro_small")
            continue
        ends_on = VALID_UNTIL_ON + timedelta(days=1)
        yield (*place, FIRST_DAY, CERTIFIED_ON, "micro_small")
        yield (*place, CERTIFIED_ON, ends_on, "hnte")
        yield (*place, ends_on, None, "micro_small")


def _recognition(serial: int, place: tuple[str, str, None]) -> Sequence[Any]:
    certificate = (f"GR2025530{serial:06d}", "云南省认定管理机构", CERTIFIED_ON, VALID_UNTIL_ON)
    return (*place, UUID(int=serial + 1), "hnte", "national", *certificate, "first")
