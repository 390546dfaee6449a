"""The board over HTTP: the whole story of an enterprise, as of any day, in everybody's own territory."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import httpx
import pytest

from shared.kernel.roles import Role
from shared.testing.tokens import TestIssuer
from tests.pipeline.facts import Firm, recognition
from tests.pipeline.people import Person, person

Hear = Callable[..., Awaitable[None]]


async def board(asker: Person, **params: Any) -> dict[str, Any]:
    answer = await asker.get("/v1/boards", **params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    assert sum(cell["count"] for cell in found["cells"]) == found["totals"]["count"]
    return found


def counts(found: dict[str, Any]) -> dict[tuple[str, str], int]:
    return {(cell["rung"], cell["pool_state"]): cell["count"] for cell in found["cells"]}


async def test_the_board_follows_an_enterprise_from_registration_to_graduation(
    hear: Hear, caseworker: Person, fold: Callable[[], Awaitable[int]]
) -> None:
    place = {"region_code": "530925"}
    assert (await board(caseworker, **place))["totals"]["count"] == 0
    firm = Firm(501, "530925")
    await hear(firm.registered())
    assert counts(await board(caseworker, **place)) == {("micro_small", "none"): 1}
    body = {"uscc": firm.uscc, "admitted_on": "2026-03-01"}
    await caseworker.made("/v1/memberships", body)
    assert counts(await board(caseworker, **place)) == {("micro_small", "enrolled"): 1}
    await fold()
    assert counts(await board(caseworker, **place)) == {("micro_small", "enrolled"): 1}
    await hear(firm.granted(recognition(issued_on=date(2026, 10, 15))))
    asked = {"2014-01-01": {}, "2020-01-01": ("micro_small", "none"), "2026-05-01": ("micro_small", "enrolled")}
    for day, cell in asked.items():
        assert counts(await board(caseworker, as_of=day, **place)) == ({cell: 1} if cell else {})
    assert counts(await board(caseworker, **place)) == {("hnte", "graduated"): 1}
    assert counts(await board(caseworker, as_of="2029-12-01", **place)) == {("micro_small", "graduated"): 1}
    await fold()
    for day, cell in asked.items():
        assert counts(await board(caseworker, as_of=day, **place)) == ({cell: 1} if cell else {})


async def test_who_is_no_candidate_is_only_marked(hear: Hear, caseworker: Person) -> None:
    union = Firm(502, "530926", is_candidate=False, entity_kind="trade_union")
    await hear(union.registered())
    totals = (await board(caseworker, region_code="530926"))["totals"]
    assert (totals["count"], totals["marked"]) == (0, 1)


async def test_a_move_takes_the_enterprise_to_another_county_on_its_day(hear: Hear, caseworker: Person) -> None:
    firm = Firm(503, "530927")
    await hear(firm.registered(), firm.moved("530922", "530900-park-3", on=date(2026, 6, 1)))
    before = await board(caseworker, region_code="530927", as_of="2026-05-31")
    after = await board(caseworker, region_code="530922", park_code="530900-park-3")
    assert (before["totals"]["count"], after["totals"]["count"]) == (1, 1)
    assert (await board(caseworker, region_code="530927"))["totals"]["count"] == 0


async def test_a_committee_gets_its_own_park_and_is_told_so(
    hear: Hear, client: httpx.AsyncClient, issuer: TestIssuer
) -> None:
    await hear(*(Firm(510 + n, "530921", park_code=f"530900-park-{n}").registered() for n in (4, 5)))
    committee = person(client, issuer, Role.PARK_COMMITTEE, park_code="530900-park-4")
    found = await board(committee)
    assert found["scope"]["park_code"] == "530900-park-4"
    assert {cell["park_code"] for cell in found["cells"]} == {"530900-park-4"}
    assert (await committee.get("/v1/boards", park_code="530900-park-5")).status_code == 403
    assert (await committee.get("/v1/boards", region_code="530400")).status_code == 403


@pytest.mark.parametrize("role", [Role.SPECIALIST, Role.ENTERPRISE_CONTACT, Role.SERVICE])
async def test_who_has_no_territory_has_no_board(client: httpx.AsyncClient, issuer: TestIssuer, role: Role) -> None:
    assert (await person(client, issuer, role).get("/v1/boards")).status_code == 403


async def test_a_caseworker_does_not_see_another_bureau(
    caseworker: Person, client: httpx.AsyncClient, issuer: TestIssuer
) -> None:
    assert (await caseworker.get("/v1/boards", region_code="530402")).status_code == 403
    everywhere = await board(person(client, issuer, Role.AUDITOR))
    assert everywhere["scope"] == {"region_codes": None, "park_code": None}
    assert (await caseworker.get("/v1/boards", rung="hnte")).status_code == 422
