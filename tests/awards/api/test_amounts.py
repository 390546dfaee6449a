"""Where the policy names no sum, a person decides it, with a reason, before the finance bureau looks."""

from __future__ import annotations

import pytest

from shared.kernel.roles import Role
from tests.awards.facts import Firm

SCIENCE, FINANCE = Role.SCIENCE_REVIEWER, Role.FINANCE_REVIEWER
DECISION = {"amount_fen": 8_000_000, "reason": "按市政府专题会议纪要", "document_number": "玉科发〔2025〕7号"}
CITIES = {"530400": "530402", "371300": "371302", "533100": "533103"}


async def open_award(hear, desk, serial: int, city: str = "530400") -> str:
    firm = Firm(serial, CITIES[city])
    desk.region = city
    await hear(firm.granted())
    (award,) = await desk.awards(firm.uscc)
    assert (award["amount_fen"], award["state"]) == (None, "proposed")
    return award["id"]


@pytest.mark.parametrize("city", CITIES)
async def test_no_number_is_guessed_and_a_person_decides(hear, desk, city: str) -> None:
    award_id = await open_award(hear, desk, 400 + int(city[:2]), city)
    decided = await desk.step(award_id, "decide-amount", SCIENCE, DECISION)
    assert (decided.status_code, decided.json()["amount_fen"]) == (200, 8_000_000)
    assert decided.json()["state"] == "in_science_review"
    award = await desk.decide(award_id)
    assert (award["state"], award["amount_fen"]) == ("approved", 8_000_000)


async def test_the_finance_bureau_cannot_review_an_open_amount(hear, desk) -> None:
    award_id = await open_award(hear, desk, 410)
    await desk.step(award_id, "science-review", SCIENCE)
    refused = await desk.step(award_id, "finance-review", FINANCE)
    assert (refused.status_code, refused.json()["code"]) == (409, "amount_undecided")
    assert (await desk.step(award_id, "decide-amount", SCIENCE, DECISION)).status_code == 200
    assert (await desk.step(award_id, "finance-review", FINANCE)).status_code == 200


async def test_an_amount_the_clause_names_cannot_be_decided_otherwise(hear, desk) -> None:
    firm = Firm(411)
    await hear(firm.scaled(), firm.granted())
    (award,) = await desk.awards(firm.uscc)
    refused = await desk.step(award["id"], "decide-amount", SCIENCE, DECISION)
    assert (refused.status_code, refused.json()["code"]) == (409, "amount_set_by_rule")


@pytest.mark.parametrize(("serial", "amount"), list(enumerate([-1, 1.5, "800", True, 2**63, None], start=420)))
async def test_only_whole_fen_are_amounts(hear, desk, serial: int, amount: object) -> None:
    award_id = await open_award(hear, desk, serial)
    answer = await desk.step(award_id, "decide-amount", SCIENCE, {**DECISION, "amount_fen": amount})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/amount_fen")


async def test_the_finance_bureau_does_not_set_the_amount_it_reviews(hear, desk) -> None:
    award_id = await open_award(hear, desk, 450)
    assert (await desk.step(award_id, "decide-amount", FINANCE, DECISION)).status_code == 403
