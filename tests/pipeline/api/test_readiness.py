"""Readiness over HTTP: condition by condition, within one's own territory."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx
import pytest

from shared.kernel.roles import Role
from shared.testing.tokens import TestIssuer
from tests.pipeline.facts import Firm
from tests.pipeline.people import Person, person
from tests.pipeline.readiness import WAN

Hear = Callable[..., Awaitable[None]]

HNTE_IDS = [
    "hnte.registered_one_year",
    "hnte.ip_owned",
    "hnte.field",
    "hnte.tech_staff_ratio",
    "hnte.rd_ratio",
    "hnte.rd_domestic_share",
    "hnte.ht_income_ratio",
    "hnte.score",
    "hnte.no_serious_incident",
]
TECH_SME_IDS = {"tech_sme.staff_size", "tech_sme.score", "tech_sme.tech_staff_item", "tech_sme.direct_entry"}


@pytest.fixture
async def firm(hear: Hear) -> Firm:
    firm = Firm(701, "530902", park_code="530900-park-1")
    await hear(firm.registered())
    for year in (2023, 2024, 2025):
        figures = {"revenue_fen": 1_000 * WAN, "rd_expense_fen": 30 * WAN, "rd_expense_domestic_fen": 30 * WAN}
        await hear(firm.reported(year, **figures, staff_count=60, tech_staff_count=5))
    return firm


async def test_each_condition_answers_with_its_clause_and_its_gap(firm: Firm, caseworker: Person) -> None:
    answer = await caseworker.get(f"/v1/enterprises/{firm.uscc}/readiness", target="hnte")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["uscc"], found["target"], found["as_of"]) == (firm.uscc, "hnte", "2026-11-21")
    conditions = {condition["id"]: condition for condition in found["conditions"]}
    assert list(conditions) == HNTE_IDS
    ratio = conditions["hnte.rd_ratio"]
    assert ratio["clause"] == "《高新技术企业认定管理办法》(国科发火〔2016〕32号)第十一条第(五)项"
    known = [ratio[key] for key in ("result", "value", "threshold", "unit", "gap", "gap_unit", "missing_zh")]
    assert known == ["not_met", "0.03", "0.05", "ratio", 60 * WAN, "fen", None]
    income = conditions["hnte.ht_income_ratio"]
    assert (income["result"], income["value"], income["gap"]) == ("unknown", None, None)
    assert "2025年“总收入”" in income["missing_zh"]
    assert [gap["id"] for gap in found["gaps"]] == ["hnte.tech_staff_ratio", "hnte.rd_ratio"]
    assert found["gaps"][0]["sentence_zh"].endswith("还差1人")
    assert (found["score"]["min"], found["score"]["max"], found["score"]["threshold"]) == (0, 90, 70)
    assert "ip_core_role" in {item["id"] for item in found["score"]["judged"]}
    assert (found["result"], "可能超过70分" in found["verdict_zh"]) == ("not_met", True)


async def test_the_other_target_and_another_day_answer_too(firm: Firm, caseworker: Person) -> None:
    path = f"/v1/enterprises/{firm.uscc}/readiness"
    found = (await caseworker.get(path, target="tech_sme", as_of="2025-06-30")).json()
    assert found["as_of"] == "2025-06-30"
    assert {condition["id"] for condition in found["conditions"]} >= TECH_SME_IDS
    assert (found["score"]["min"], found["score"]["max"], found["score"]["threshold"]) == (20, 50, 60)
    early = (await caseworker.get(path, target="hnte", as_of="2016-03-01")).json()
    assert early["conditions"][0]["gap"] == 10


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"target": "hnte", "as_of": "2010-01-01"}, "no_rule_on_day"),
        ({"target": "leading"}, None),
        ({}, None),
    ],
)
async def test_what_cannot_be_asked_is_refused(
    firm: Firm, caseworker: Person, params: dict[str, str], code: str | None
) -> None:
    answer = await caseworker.get(f"/v1/enterprises/{firm.uscc}/readiness", **params)
    assert answer.status_code == 422
    assert code is None or answer.json()["code"] == code


async def test_only_who_may_see_the_enterprise_sees_its_readiness(
    firm: Firm, client: httpx.AsyncClient, issuer: TestIssuer
) -> None:
    path = f"/v1/enterprises/{firm.uscc}/readiness"
    askers = [
        (person(client, issuer, Role.CASEWORKER, regions=("530400",)), 404),
        (person(client, issuer, Role.PARK_COMMITTEE, regions=("530900",), park_code="530900-park-1"), 200),
        (person(client, issuer, Role.PARK_COMMITTEE, regions=("530900",), park_code="530900-park-2"), 404),
        (person(client, issuer, Role.ENTERPRISE_CONTACT, regions=(), usccs=(firm.uscc,)), 200),
        (person(client, issuer, Role.AUDITOR, regions=()), 200),
    ]
    for asker, status in askers:
        assert (await asker.get(path, target="hnte")).status_code == status
