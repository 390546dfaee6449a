"""Notices: planned as rows, told once on their day, withdrawn when the ground moves."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from tests.notifications.conftest import Office
from tests.notifications.facts import TODAY, Firm, approved, award, proposed, recognition, rejected
from tests.notifications.rules import OFFSETS, with_duty, with_offsets

LATER = date(2027, 6, 30)
"""A working day far enough ahead for every offset."""


def before(due_on: date, days: int) -> date:
    return due_on - timedelta(days=days)


async def firm_due(office: Office, due_on: date) -> Firm:
    """An enterprise with one duty, due on that day."""
    firm = Firm()
    await office.hear(firm.granted(recognition("tech_sme", date(2026, 5, 1), valid_until_on=due_on)))
    return firm


def offsets(told: list[tuple[str, date | None, int]]) -> list[int]:
    return [offset for _, _, offset in told]


async def test_a_duty_far_ahead_has_a_row_for_every_offset(office: Office) -> None:
    firm = await firm_due(office, date(2036, 3, 28))
    notices = await office.notices(firm.uscc)
    days = [(notice["offset_days"], notice["planned_on"]) for notice in notices]
    assert days == [(offset, before(date(2036, 3, 28), offset)) for offset in OFFSETS]


async def test_each_offset_is_told_on_its_day_and_once(office: Office) -> None:
    firm = await firm_due(office, LATER)
    for offset in OFFSETS:
        await office.run(before(LATER, offset + 1))
        assert offset not in offsets(await office.told(firm.uscc))
        for _ in range(2):
            await office.run(before(LATER, offset))
        assert offsets(await office.told(firm.uscc))[-1] == offset
    await office.run(LATER + timedelta(days=800))
    assert offsets(await office.told(firm.uscc)) == OFFSETS


async def test_after_a_pause_only_the_latest_offset_is_told(office: Office) -> None:
    firm = await firm_due(office, LATER)
    await office.run(before(LATER, 5))
    await office.run(before(LATER, 2))
    assert offsets(await office.told(firm.uscc)) == [7, 3]
    skipped = [notice["offset_days"] for notice in await office.notices(firm.uscc, "skipped")]
    assert skipped == [180, 90, 60, 30, 14]


async def test_after_a_pause_beyond_the_day_only_the_overdue_notice_is_told(office: Office) -> None:
    firm = await firm_due(office, LATER)
    run = await office.run(LATER + timedelta(days=40))
    assert offsets(await office.told(firm.uscc)) == [-1]
    assert run.overdue_count >= 1
    assert [duty["state"] for duty in await office.duties(firm.uscc)] == ["overdue"]
    assert await office.said(firm.uscc) == [("duty_planned.v1", 1), ("duty_overdue.v1", 2), ("notice_sent.v1", 1)]


async def test_a_day_that_becomes_known_late_is_told_at_once_and_then_on_its_days(office: Office) -> None:
    firm = await firm_due(office, date(2026, 12, 11))
    await office.run(TODAY)
    assert offsets(await office.told(firm.uscc)) == [30]
    await office.run(date(2026, 11, 27))
    assert offsets(await office.told(firm.uscc)) == [30, 14]


async def test_a_recognition_that_ends_today_is_told_today(office: Office) -> None:
    firm = await firm_due(office, TODAY)
    await office.run(TODAY)
    (notice,) = await office.notices(firm.uscc, "sent")
    assert "今天到期" in notice["title"]


async def test_a_notice_keeps_its_words_its_template_and_its_clause(office: Office) -> None:
    firm = await firm_due(office, LATER)
    await office.run(before(LATER, 30))
    (notice,) = await office.notices(firm.uscc, "sent")
    assert notice["title"] == "【事项提醒】科技型中小企业年度入库更新:2027年6月30日到期,还有30天"
    assert firm.state.name in notice["body"]
    assert "国科发政〔2017〕115号" in notice["clause"]
    assert (notice["template_id"], notice["template_version"]) == ("duty_reminder", 1)
    assert notice["sent_on"] == before(LATER, 30)


async def test_a_notice_that_was_sent_can_neither_change_nor_vanish(office: Office) -> None:
    firm = await firm_due(office, LATER)
    await office.run(before(LATER, 30))
    for change in ("SET title = 'x'", "SET state = 'planned'", "SET sent_on = sent_on + 1"):
        with pytest.raises(IntegrityError, match="never changes"):
            await office.query(
                f"UPDATE notices {change} WHERE uscc = :uscc AND state = 'sent' RETURNING 1", uscc=firm.uscc
            )
    with pytest.raises(IntegrityError, match="never changes"):
        await office.query("DELETE FROM notices WHERE uscc = :uscc AND state = 'sent' RETURNING 1", uscc=firm.uscc)


async def test_a_date_moved_many_times_leaves_no_stale_notice(office: Office) -> None:
    firm = await firm_due(office, LATER)
    (number,) = firm.state.recognitions
    for days in range(1, 60):
        number = number.model_copy(update={"valid_until_on": LATER + timedelta(days=days)})
        await office.hear(firm.corrected(number))
    planned = await office.notices(firm.uscc, "planned")
    assert {notice["due_on"] for notice in planned} == {number.valid_until_on}
    await office.run(number.valid_until_on)
    assert {due_on for _, due_on, _ in await office.told(firm.uscc)} == {number.valid_until_on}


async def test_a_date_moved_away_and_back_is_not_told_again(office: Office) -> None:
    firm = await firm_due(office, LATER)
    (number,) = firm.state.recognitions
    await office.run(before(LATER, 90))
    await office.hear(firm.corrected(number.model_copy(update={"valid_until_on": LATER + timedelta(days=300)})))
    await office.hear(firm.corrected(number))
    await office.run(before(LATER, 89))
    assert offsets(await office.told(firm.uscc)) == [90]
    await office.run(before(LATER, 60))
    assert offsets(await office.told(firm.uscc)) == [90, 60]


async def test_a_replay_of_everything_sends_nothing_again(office: Office) -> None:
    firm = Firm()
    state = award(firm.uscc)
    story = [
        firm.registered(),
        firm.granted(recognition("tech_sme", date(2026, 5, 1), valid_until_on=LATER)),
        proposed(state),
        approved(state),
        firm.updated(name="示例企业(更名)"),
    ]
    await office.hear(*story)
    await office.run(before(LATER, 7))
    told, said = await office.told(firm.uscc), await office.said(firm.uscc)
    await office.query("DELETE FROM enterprises WHERE uscc = :uscc RETURNING 1", uscc=firm.uscc)
    await office.hear(*story, *story)
    await office.run(before(LATER, 7))
    assert await office.told(firm.uscc) == told
    assert await office.said(firm.uscc) == said


async def test_many_planners_at_once_tell_each_notice_once(office: Office) -> None:
    firms = [await firm_due(office, LATER) for _ in range(20)]
    await asyncio.gather(*(Office(office.database).run(before(LATER, 14)) for _ in range(5)))
    for firm in firms:
        assert offsets(await office.told(firm.uscc)) == [14]


async def test_a_new_offset_starts_today(office: Office) -> None:
    firm = await firm_due(office, before(LATER, -300))
    due_on = before(LATER, -300)
    office.rules = with_offsets(365, 60, 45, -1)
    await office.run(before(due_on, 50))
    assert offsets(await office.told(firm.uscc)) == [60]
    office.rules = with_offsets(365, 60, 55, 45, -1)
    run = await office.run(before(due_on, 49))
    assert run.sent_count == 0
    await office.run(before(due_on, 45))
    assert offsets(await office.told(firm.uscc)) == [60, 45]


async def test_a_new_kind_of_duty_tells_nothing_of_the_days_gone_by(office: Office) -> None:
    firms = [await firm_due(office, before(date(2026, 12, 11), -n)) for n in range(5)]
    await office.run(TODAY)
    counts = [len(await office.told(firm.uscc)) for firm in firms]
    office.rules = with_duty("tech_sme_review", "tech_sme")
    run = await office.run(TODAY)
    assert (run.sent_count, run.planned_count > 0) == (0, True)
    assert [len(await office.told(firm.uscc)) for firm in firms] == counts
    kinds = {duty["kind"] for firm in firms for duty in await office.duties(firm.uscc)}
    assert kinds == {"tech_sme_renewal", "tech_sme_review"}


async def test_an_offset_taken_out_of_the_schedule_is_withdrawn(office: Office) -> None:
    firm = await firm_due(office, LATER)
    office.rules = with_offsets(30, -1)
    run = await office.run(TODAY)
    assert run.withdrawn_count > 0
    assert [notice["offset_days"] for notice in await office.notices(firm.uscc, "planned")] == [30, -1]


async def test_a_rule_that_is_dropped_withdraws_its_duties(office: Office) -> None:
    firm = await firm_due(office, LATER)
    office.rules = with_duty("tech_sme_review", "tech_sme", replaces="tech_sme_renewal")
    await office.run(TODAY)
    states = {duty["kind"]: duty["state"] for duty in await office.duties(firm.uscc)}
    assert states == {"tech_sme_renewal": "withdrawn", "tech_sme_review": "open"}


async def test_an_award_is_told_when_proposed_and_when_decided_each_once(office: Office) -> None:
    firm, state = Firm(), award(None)
    state = state.model_copy(update={"uscc": firm.uscc})
    await office.hear(firm.registered(), proposed(state), approved(state), approved(state), proposed(state))
    notices = {notice["kind"]: notice for notice in await office.notices(firm.uscc)}
    assert sorted(notices) == ["award_decided", "award_proposed"]
    assert len(await office.told(firm.uscc)) == 2
    assert "10万元" in notices["award_decided"]["title"]
    assert notices["award_decided"]["clause"] == "LC-2.2-c"
    assert (notices["award_decided"]["duty_id"], notices["award_decided"]["award_id"]) == (None, state.id)


async def test_a_rejected_award_is_told_with_its_reason(office: Office) -> None:
    firm = Firm()
    await office.hear(firm.registered(), rejected(award(firm.uscc, amount_fen=None), "材料不全"))
    (notice,) = await office.notices(firm.uscc)
    assert (notice["kind"], notice["state"]) == ("award_rejected", "sent")
    assert "理由:材料不全" in notice["body"]


async def test_an_award_to_a_person_has_no_enterprise_to_tell(office: Office) -> None:
    await office.hear(proposed(award(None)))
    assert not await office.query("SELECT 1 FROM notices WHERE kind = 'award_proposed' AND uscc = 'someone'")
