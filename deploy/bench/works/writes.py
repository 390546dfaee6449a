"""Changing over HTTP: a scale mark, with lock, audit entry, kept answer and event in one transaction."""

from __future__ import annotations

import json

from deploy.bench.figures import Figure, at_least
from deploy.bench.http_works import Rivals
from deploy.bench.sizes import Size
from deploy.bench.stand import Stand

_BODY = {"above_scale": True, "from_on": "2026-01-01", "source": "统计局名录"}


def measure(size: Size) -> list[Figure]:
    """Measure beside an INSERT and an outbox row through asyncpg; each run changes other enterprises."""
    with Stand() as stand:
        return _measure_on(Rivals(stand, size))


def _measure_on(rivals: Rivals) -> list[Figure]:
    codes, text = rivals.usccs(), json.dumps(_BODY, ensure_ascii=False)
    share = max(1, len(codes) // 10)

    def calls(target: str, run: int) -> list[tuple[str, str, str]]:
        start = run * share % len(codes)
        return [("POST", target.format(uscc=code), text) for code in (codes + codes)[start : start + share]]

    changed = rivals.compare(
        "POST a scale mark, with event",
        at_least(0.40),
        ours=lambda run: calls("/v1/enterprises/{uscc}/scale", run),
        bare=lambda run: calls("/change/{uscc}", run),
        expected="201",
    )
    return [changed]
