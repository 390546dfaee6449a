"""Random lives of enterprises: the rung that the API tells for any day is the one a plain recount gives."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest

from tests.enterprise.application import TODAY
from tests.enterprise.conftest import Desk

HEIGHTS = {"tech_sme": 1, "hnte": 2, "leading": 3}
RUNGS = ("micro_small", "tech_sme", "hnte", "leading")
FIRST = date(2016, 1, 1)


def recount(granted: list[dict[str, Any]], day: date) -> str:
    """Ask each recognition, as its own answer described it, whether it counts on the day."""
    best = 0
    for recognition in granted:
        until = recognition["valid_until_on"] and date.fromisoformat(recognition["valid_until_on"])
        if until and recognition["kind"] == "tech_sme":
            until = date(until.year, 12, 31)
        revoked = recognition["revoked_on"] and date.fromisoformat(recognition["revoked_on"])
        begun = date.fromisoformat(recognition["issued_on"]) <= day
        if begun and (until is None or day <= until) and (not revoked or day < revoked):
            best = max(best, HEIGHTS.get(recognition["kind"], 0))
    return RUNGS[best]


@pytest.mark.parametrize("seed", range(6))
async def test_the_rung_of_any_day_is_the_recounted_one(desk: Desk, seed: int) -> None:
    draw = random.Random(seed)
    uscc = await desk.register(registered_on="2015-06-01")
    granted: list[dict[str, Any]] = []
    span = (TODAY - FIRST).days
    for number in range(8):
        if granted and draw.random() < 0.3:
            await revoke_one(desk, draw, granted)
        issued_on = FIRST + timedelta(days=draw.randrange(span))
        body = {
            "kind": draw.choice(["tech_sme", "hnte", "hnte", "leading", "little_giant"]),
            "issued_on": issued_on.isoformat(),
            "issuer": "认定机关",
            "document": f"文件{number}",
            "certificate_number": f"{seed}-{number}",
        }
        if body["kind"] == "leading":
            body["valid_until_on"] = (issued_on + timedelta(days=draw.randrange(1500))).isoformat()
        answer = await desk.ask("POST", f"/v1/enterprises/{uscc}/recognitions", body)
        assert answer.status_code in (201, 409), answer.text
        if answer.status_code == 201:
            granted.append(answer.json())
    for day in [FIRST + timedelta(days=draw.randrange(span + 2000)) for _ in range(25)]:
        found = await desk.get(f"/v1/enterprises/{uscc}?as_of={day}")
        assert found["rung"] == recount(granted, day), day


async def revoke_one(desk: Desk, draw: random.Random, granted: list[dict[str, Any]]) -> None:
    chosen = draw.choice(granted)
    issued_on = date.fromisoformat(chosen["issued_on"])
    revoked_on = min(issued_on + timedelta(days=draw.randrange(800)), TODAY)
    body = {"revoked_on": revoked_on.isoformat(), "reason": "抽查不合格"}
    answer = await desk.ask("POST", f"/v1/recognitions/{chosen['id']}/revocation", body)
    assert answer.status_code in (201, 409), answer.text
    if answer.status_code == 201:
        chosen["revoked_on"] = answer.json()["revoked_on"]
