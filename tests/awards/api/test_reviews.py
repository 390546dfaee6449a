"""From proposal to decision: two bureaus, the government, three different people."""

from __future__ import annotations

import asyncio
from itertools import permutations

import pytest

from shared.kernel.roles import Role
from tests.awards.facts import BELOW, Firm, recognition

SCIENCE, FINANCE, GOVERNMENT = Role.SCIENCE_REVIEWER, Role.FINANCE_REVIEWER, Role.GOVERNMENT_APPROVER
STEPS = (("science-review", SCIENCE), ("finance-review", FINANCE), ("government-consent", GOVERNMENT))


@pytest.fixture
async def proposed(hear, desk, request):
    """A function that gives the id of a fresh proposal of 临沧."""

    async def proposed(serial: int, region: str = "530902") -> str:
        firm = Firm(serial, region)
        await hear(firm.scaled(), firm.granted())
        return (await desk.awards(firm.uscc))[0]["id"]

    return proposed


async def test_three_offices_decide_an_award(proposed, desk, query) -> None:
    award = await desk.decide(await proposed(301))
    assert (award["state"], award["decided_on"], award["version"]) == ("approved", "2025-12-01", 4)
    assert [(r["step"], r["seat"], r["to_state"]) for r in award["reviews"]] == [
        ("science_review", "science", "in_finance_review"),
        ("finance_review", "finance", "in_government_consent"),
        ("government_consent", "government", "approved"),
    ]
    assert len({review["person_name"] for review in award["reviews"]}) == 3
    assert len({review["content_hash"] for review in award["reviews"]}) == 1
    events = await query("SELECT type FROM outbox WHERE agg_id = :id ORDER BY id", id=award["id"])
    assert [event["type"] for event in events] == [
        "awards.award_proposed.v1",
        "awards.award_reviewed.v1",
        "awards.award_reviewed.v1",
        "awards.award_approved.v1",
    ]


async def test_each_signature_keeps_what_it_rested_on(proposed, desk, query) -> None:
    award = await desk.decide(await proposed(302))
    rows = await query("SELECT content FROM award_reviews WHERE award_id = :id", id=award["id"])
    for row in rows:
        assert row["content"]["pack_hash"] == award["pack_hash"]
        assert row["content"]["amount_fen"] == 10_000_000
        assert row["content"]["provisions"][0]["clause"] == "二(二)"
        assert {reading["id"] for reading in row["content"]["readings"]} == {"event_window", "above_scale_on"}
        assert {fact["fact"] for fact in row["content"]["facts"]} >= {"enterprise.above_scale", "recognition.sequence"}


async def test_a_step_out_of_turn_is_refused_with_the_state_and_who_acts_next(proposed, desk) -> None:
    answer = await desk.step(await proposed(303), "finance-review", FINANCE)
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_award_state")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "不能执行“财政局审核”。当前状态:已提出,待科技局审核;下一步由科技局审核人办理"


@pytest.mark.parametrize(("step", "role"), [("science-review", FINANCE), ("government-consent", Role.CASEWORKER)])
async def test_another_office_cannot_take_the_step(proposed, desk, step: str, role: Role) -> None:
    answer = await desk.step(await proposed(304 + (role is FINANCE)), step, role)
    assert answer.status_code == 403


async def test_an_office_of_another_city_does_not_see_the_award(proposed, desk) -> None:
    award_id = await proposed(306)
    answer = await desk.step(award_id, "science-review", SCIENCE, regions=("530400",))
    assert answer.status_code == 404


async def test_one_person_cannot_sign_for_two_offices_under_two_logins(proposed, desk) -> None:
    award_id = await proposed(307)
    first = await desk.step(award_id, "science-review", SCIENCE, person_id="身份证-1")
    second = await desk.step(award_id, "finance-review", FINANCE, person_id="身份证-1")
    assert (first.status_code, second.status_code) == (200, 409)
    assert second.json()["code"] == "same_person_twice"
    third = await desk.step(award_id, "finance-review", FINANCE, person_id="身份证-2")
    assert third.status_code == 200


@pytest.mark.parametrize("people", sorted(set(permutations("aab", 3)) | {tuple("aaa")}))
async def test_no_order_of_two_people_gets_an_award_decided(proposed, desk, people) -> None:
    award_id = await proposed(310 + int("".join(str("ab".index(p)) for p in people), 2))
    answers = [await desk.step(award_id, *step, person_id=f"人-{p}") for step, p in zip(STEPS, people, strict=True)]
    assert 409 in {answer.status_code for answer in answers}
    after = (await desk.client.get(f"/v1/awards/{award_id}", headers=desk.headers(Role.AUDITOR))).json()
    assert after["state"] != "approved"


async def test_whoever_recorded_the_certificate_cannot_review_the_award(hear, desk) -> None:
    firm = Firm(320)
    await hear(firm.scaled(), firm.granted(), actor="science_reviewer-530900")
    (award,) = await desk.awards(firm.uscc)
    answer = await desk.step(award["id"], "science-review", SCIENCE)
    assert (answer.status_code, answer.json()["code"]) == (409, "same_person_twice")
    assert (await desk.step(award["id"], "science-review", SCIENCE, subject="另一位")).status_code == 200


async def test_a_returned_award_goes_through_all_offices_again(proposed, desk) -> None:
    award_id = await proposed(321)
    await desk.step(award_id, "science-review", SCIENCE)
    returned = await desk.step(award_id, "return", FINANCE, {"reason": "材料不全"})
    assert (returned.json()["state"], returned.json()["cycle"], returned.json()["reason"]) == (
        "returned",
        2,
        "材料不全",
    )
    award = await desk.decide(award_id)
    assert [review["step"] for review in award["reviews"]][:2] == ["science_review", "return"]
    assert award["state"] == "approved"


async def test_a_rejected_award_is_over(proposed, desk, query) -> None:
    award_id = await proposed(322)
    rejected = await desk.step(
        award_id, "reject", SCIENCE, {"reason": "证书存疑", "document_number": "临科函〔2025〕1号"}
    )
    assert rejected.json()["state"] == "rejected"
    assert (await desk.step(award_id, "science-review", SCIENCE)).status_code == 409
    (event,) = await query("SELECT payload FROM outbox WHERE agg_id = :id AND type LIKE '%rejected%'", id=award_id)
    assert event["payload"]["reason"] == "证书存疑"


@pytest.mark.parametrize(
    ("step", "body", "pointer"),
    [
        ("reject", {}, "/reason"),
        ("return", {"reason": ""}, "/reason"),
        ("return", {"reason": "x", "amount_fen": 1}, "/amount_fen"),
        ("science-review", {"komment": "x"}, "/komment"),
    ],
)
async def test_a_wrong_body_is_refused_by_field(proposed, desk, step: str, body, pointer: str) -> None:
    answer = await desk.step(await proposed(330 + len(step) + len(body)), step, SCIENCE, body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_a_stale_version_is_refused_where_the_client_names_one(proposed, desk) -> None:
    award_id = await proposed(350)
    read = await desk.client.get(f"/v1/awards/{award_id}", headers=desk.headers(SCIENCE))
    assert read.headers["etag"] == '"1"'
    stale = await desk.step(award_id, "science-review", SCIENCE, if_match='"9"')
    assert stale.status_code == 412
    fresh = await desk.step(award_id, "science-review", SCIENCE, if_match=read.headers["etag"])
    assert (fresh.status_code, fresh.headers["etag"]) == (200, '"2"')


async def test_a_repeated_request_with_the_same_key_takes_the_step_once(proposed, desk) -> None:
    award_id = await proposed(351)
    headers = {**desk.headers(SCIENCE), "Idempotency-Key": "once-351"}
    answers = [await desk.client.post(f"/v1/awards/{award_id}/science-review", headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()


async def test_of_fifty_approvals_at_once_one_counts(proposed, desk, query) -> None:
    award_id = await proposed(352)
    answers = await asyncio.gather(
        *(desk.step(award_id, "science-review", SCIENCE, subject=f"s{n}") for n in range(50)), return_exceptions=True
    )
    codes = [answer.status_code for answer in answers]
    assert codes.count(200) == 1
    assert set(codes) <= {200, 409, 503}
    assert len(await query("SELECT 1 FROM award_reviews WHERE award_id = :id", id=award_id)) == 1


async def test_facts_that_change_under_review_are_flagged_not_undone(hear, desk) -> None:
    firm = Firm(353)
    await hear(firm.scaled(), firm.granted())
    (award,) = await desk.awards(firm.uscc)
    await desk.step(award["id"], "science-review", SCIENCE)
    await hear(firm.scaled(BELOW))
    (after,) = await desk.awards(firm.uscc)
    assert (after["state"], after["facts_changed"]) == ("in_finance_review", True)


async def test_a_revocation_withdraws_an_award_under_review_and_flags_a_decided_one(hear, desk) -> None:
    outcomes = {}
    for serial, is_decided in ((354, False), (355, True)):
        firm, granted = Firm(serial), recognition()
        await hear(firm.scaled(), firm.granted(granted))
        (award,) = await desk.awards(firm.uscc)
        await (desk.decide(award["id"]) if is_decided else desk.step(award["id"], "science-review", SCIENCE))
        await hear(firm.revoked(granted))
        (after,) = await desk.awards(firm.uscc)
        outcomes[is_decided] = (after["state"], after["clawback_due"])
    assert outcomes == {False: ("withdrawn", False), True: ("approved", True)}


async def test_content_altered_behind_the_services_back_voids_the_signatures(proposed, desk, query) -> None:
    award_id = await proposed(356)
    await desk.step(award_id, "science-review", SCIENCE)
    await query("UPDATE awards SET amount_fen = 99900000 WHERE id = :id RETURNING id", id=award_id)
    answer = await desk.step(award_id, "finance-review", FINANCE)
    assert (answer.status_code, answer.json()["code"]) == (409, "award_content_changed")


async def test_an_award_that_is_not_there_is_not_found(desk) -> None:
    answer = await desk.step("018f0000-0000-7000-8000-00000000ffff", "science-review", SCIENCE)
    assert answer.status_code == 404
