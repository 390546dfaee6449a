"""Reading over HTTP: one enterprise by its code, and a filtered page of fifty."""

from __future__ import annotations

from deploy.bench.enterprises import COUNTIES
from deploy.bench.figures import Figure, at_least
from deploy.bench.http_works import Rivals
from deploy.bench.sizes import Size
from deploy.bench.stand import Stand
from shared.web.paging import encode_cursor

TARGETS = 2000


def measure(size: Size) -> list[Figure]:
    """Measure both beside Starlette with asyncpg, and the generator alone."""
    with Stand() as stand:
        return _measure_on(Rivals(stand, size))


def _measure_on(rivals: Rivals) -> list[Figure]:
    codes = rivals.usccs()
    chosen = codes[:: max(1, len(codes) // TARGETS)]
    one = rivals.compare(
        "GET one enterprise",
        at_least(0.45),
        ours=lambda _: [("GET", f"/v1/enterprises/{code}", "") for code in chosen],
        bare=lambda _: [("GET", f"/one/{code}", "") for code in chosen],
    )
    # The page begins in the lower half, so that there are fifty behind it.
    places = [(code, COUNTIES[n % len(COUNTIES)]) for n, code in enumerate(sorted(chosen)[: len(chosen) // 2])]
    asked = "region_code={county}&rung=micro_small"
    page = rivals.compare(
        "GET a page of 50, by county and rung",
        at_least(0.60),
        ours=lambda _: [
            ("GET", f"/v1/enterprises?{asked.format(county=county)}&limit=50&cursor={encode_cursor([code])}", "")
            for code, county in places
        ],
        bare=lambda _: [("GET", f"/list?{asked.format(county=county)}&after={code}", "") for code, county in places],
    )
    return [one, page, rivals.ceiling()]
