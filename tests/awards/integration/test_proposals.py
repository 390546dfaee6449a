"""Events propose awards by themselves, once, and facts that arrive later are taken up."""

from __future__ import annotations

import asyncio
from datetime import date
from uuid import uuid4

from shared.events.enterprise import ScaleInterval
from tests.awards.facts import ABOVE, BELOW, Firm, graded, recognition

OUTBOX = "SELECT type, agg_version, payload FROM outbox WHERE agg_id = :id ORDER BY id"
AWARDS = "SELECT * FROM awards WHERE beneficiary_id = :id ORDER BY created_at"


async def test_a_recognition_proposes_the_award_with_its_reasons(hear, query) -> None:
    firm = Firm(101)
    await hear(firm.registered(), firm.scaled(), firm.granted())
    (award,) = await query(AWARDS, id=firm.uscc)
    assert (award["grant_rule_id"], award["amount_fen"], award["state"]) == (
        "lincang.hnte.first",
        10_000_000,
        "proposed",
    )
    assert award["provision_ids"] == ["LC-2.2-g"]
    assert award["explanation"]["result"] == "eligible"
    (event,) = await query(OUTBOX, id=str(award["id"]))
    assert (event["type"], event["agg_version"]) == ("awards.award_proposed.v1", 1)
    assert event["payload"]["award"]["state"] == "proposed"


async def test_hearing_the_same_event_again_changes_nothing(hear, query) -> None:
    firm = Firm(102)
    events = [firm.registered(), firm.scaled(), firm.granted()]
    await hear(*events)
    before = await query(AWARDS, id=firm.uscc)
    await hear(*events, *events)
    assert await query(AWARDS, id=firm.uscc) == before


async def test_a_missing_fact_that_arrives_later_proposes_the_award(hear, query) -> None:
    firm = Firm(103)
    await hear(firm.registered(), firm.granted())
    assert await query(AWARDS, id=firm.uscc) == []
    await hear(firm.scaled())
    (award,) = await query(AWARDS, id=firm.uscc)
    assert award["state"] == "proposed"


async def test_figures_that_arrive_later_settle_the_ratio(hear, query) -> None:
    firm = Firm(104)
    await hear(firm.scaled(), firm.granted(recognition("rd_institution", level="provincial")))
    await hear(firm.reported(2023, revenue_fen=10_000_000_000, rd_expense_fen=150_000_000))
    assert await query(AWARDS, id=firm.uscc) == []
    await hear(firm.reported(2023, revenue_fen=10_000_000_000, rd_expense_fen=150_000_001))
    (award,) = await query(AWARDS, id=firm.uscc)
    assert (award["grant_rule_id"], award["amount_fen"]) == ("lincang.rd_institution.new", 10_000_000)


async def test_a_firm_below_scale_gets_no_award(hear, query) -> None:
    firm = Firm(105)
    await hear(firm.scaled(BELOW), firm.granted())
    assert await query(AWARDS, id=firm.uscc) == []


async def test_an_older_state_never_replaces_a_newer_one(hear, query) -> None:
    firm = Firm(106)
    old, newer = firm.registered(), firm.scaled()
    await hear(newer, old)
    (known,) = await query("SELECT version FROM known_enterprises WHERE uscc = :id", id=firm.uscc)
    assert known["version"] == newer.version


async def test_a_fact_that_proves_wrong_withdraws_what_nobody_has_reviewed_and_brings_it_back(hear, query) -> None:
    firm = Firm(107)
    await hear(firm.scaled(), firm.granted(), firm.scaled(BELOW))
    (award,) = await query(AWARDS, id=firm.uscc)
    assert (award["state"], award["reason"]) == ("withdrawn", "事实变更后不再符合条件")
    await hear(firm.scaled(ABOVE))
    (award,) = await query(AWARDS, id=firm.uscc)
    assert (award["state"], award["version"]) == ("proposed", 3)
    types = [event["type"] for event in await query(OUTBOX, id=str(award["id"]))]
    assert types == ["awards.award_proposed.v1", "awards.award_rejected.v1", "awards.award_proposed.v1"]


async def test_newer_facts_take_the_place_of_old_ones_before_any_review(hear, query) -> None:
    firm = Firm(108)
    await hear(firm.scaled(), firm.granted())
    other = ScaleInterval(above_scale=True, from_on=date(2024, 1, 1), source="更正后的名录")
    await hear(firm.scaled(other))
    (award,) = await query(AWARDS, id=firm.uscc)
    assert "更正后的名录" in award["explanation"]["text_zh"]
    assert (award["state"], award["version"]) == ("proposed", 2)


async def test_a_revocation_withdraws_the_proposal(hear, query) -> None:
    firm, granted = Firm(109), recognition()
    await hear(firm.scaled(), firm.granted(granted), firm.revoked(granted))
    (award,) = await query(AWARDS, id=firm.uscc)
    assert (award["state"], award["reason"]) == ("withdrawn", "认定已被撤销")


async def test_a_renewal_is_paid_as_a_renewal_and_the_first_only_once(hear, query) -> None:
    firm = Firm(110)
    await hear(firm.scaled())
    await hear(firm.granted(recognition(issued_on=date(2023, 3, 1))))
    await hear(firm.granted(recognition(issued_on=date(2025, 11, 1), sequence="renewed")))
    found = [(a["grant_rule_id"], a["amount_fen"]) for a in await query(AWARDS, id=firm.uscc)]
    assert found == [("lincang.hnte.first", 10_000_000), ("lincang.hnte.renewed", 5_000_000)]


async def test_an_older_certificate_found_later_takes_the_first_awards_place(hear, query) -> None:
    """The certificate thought to be the first turns out to be a renewal: one award goes, the right ones come."""
    firm, later = Firm(111), recognition(issued_on=date(2025, 11, 1))
    await hear(firm.scaled(), firm.granted(later))
    older = recognition(issued_on=date(2023, 3, 1))
    firm.state = firm.state.model_copy(update={"recognitions": (later.model_copy(update={"sequence": "renewed"}),)})
    await hear(firm.granted(older))
    found = {(a["grant_rule_id"], a["trigger_on"].year, a["state"]) for a in await query(AWARDS, id=firm.uscc)}
    assert found == {
        ("lincang.hnte.first", 2025, "withdrawn"),
        ("lincang.hnte.first", 2023, "proposed"),
        ("lincang.hnte.renewed", 2025, "proposed"),
    }


async def test_a_firm_that_has_moved_away_still_loses_a_revoked_award(hear, query) -> None:
    firm, granted = Firm(112), recognition()
    await hear(firm.scaled(), firm.granted(granted))
    firm.state = firm.state.model_copy(update={"region_code": "620724"})
    await hear(firm.revoked(granted))
    (award,) = await query(AWARDS, id=firm.uscc)
    assert (award["region_code"], award["state"]) == ("530902", "withdrawn")


async def test_a_specialists_grade_earns_the_specialist_the_subsidy(hear, query) -> None:
    specialist = uuid4()
    await hear(graded("competent", specialist=specialist))
    (award,) = await query(AWARDS, id=str(specialist))
    assert (award["beneficiary"], award["uscc"], award["amount_fen"]) == ("specialist", None, 100_000)
    (event,) = await query(OUTBOX, id=str(award["id"]))
    assert event["payload"]["award"]["beneficiary_kind"] == "specialist"


async def test_a_corrected_grade_withdraws_one_subsidy_and_proposes_the_other(hear, query) -> None:
    specialist = uuid4()
    await hear(graded("competent", specialist=specialist), graded("excellent", specialist=specialist, version=2))
    found = {(a["amount_fen"], a["state"]) for a in await query(AWARDS, id=str(specialist))}
    assert found == {(100_000, "withdrawn"), (300_000, "proposed")}


async def test_two_workers_hearing_at_once_propose_once(hear, query) -> None:
    firm = Firm(113)
    await hear(firm.scaled())
    event = firm.granted()
    await asyncio.gather(*(hear(event) for _ in range(8)), return_exceptions=True)
    assert len(await query(AWARDS, id=firm.uscc)) == 1


async def test_every_change_leaves_an_audit_entry(hear, query) -> None:
    firm = Firm(114)
    await hear(firm.scaled(), firm.granted(), firm.scaled(BELOW))
    (award,) = await query(AWARDS, id=firm.uscc)
    entries = await query(
        "SELECT action, before, after FROM audit_entries WHERE aggregate_id = :id", id=str(award["id"])
    )
    assert [entry["action"] for entry in entries] == ["award.propose", "award.withdraw"]
    assert (entries[1]["before"]["state"], entries[1]["after"]["state"]) == ("proposed", "withdrawn")
