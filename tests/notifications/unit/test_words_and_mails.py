"""Words: templates filled with text only. Mails: built by a strict library, retried by the table."""

from __future__ import annotations

import email
from datetime import UTC, date, datetime
from email import policy
from itertools import product
from uuid import UUID, uuid4

import pytest

from services.notifications.domain.deliveries import (
    RETRY_SECONDS,
    Circuit,
    GiveUp,
    Retry,
    after_deferral,
    message_id_of,
)
from services.notifications.domain.mails import Letter, UnusableMail, build_mail, parse_address
from services.notifications.domain.recipients import KnownRecipient, RecipientSource, in_order, mask
from services.notifications.domain.templates import MissingValue, Phase, render
from services.notifications.domain.wording import award_values, duty_values, time_left
from tests.notifications.application import handbook

NOW = datetime(2026, 11, 21, 1, 2, 3, tzinfo=UTC)
DAY = date(2027, 5, 31)


def _letter(**fields: object) -> Letter:
    known = {
        "to_name": "张三",
        "to_address": "a@example.com",
        "subject": "【事项提醒】年度报表",
        "text": "第一行\n.\n第三行",
        "message_id": "<1@tidu>",
        "may_be_repeat": False,
    }
    return Letter(**{**known, **fields})  # type: ignore[arg-type]


def test_a_value_that_looks_like_a_placeholder_stays_text() -> None:
    values = duty_values(
        enterprise_name="{clause}", uscc="91", label="报表", due_on=DAY, today=DAY, clause="第一条", rule=None
    )
    text = render(handbook().templates.choose("any", Phase.REMINDER), values)
    assert "{clause}(统一社会信用代码 91)" in text.body
    assert "\n" not in text.title


def test_a_missing_value_is_an_error_and_not_a_hole() -> None:
    with pytest.raises(MissingValue):
        render(handbook().templates.choose("any", Phase.REMINDER), {})


def test_every_kind_of_notice_has_a_template() -> None:
    templates, rules = handbook().templates, handbook().rules
    for kind, phase in product(rules.duty_kinds, (Phase.REMINDER, Phase.OVERDUE)):
        assert templates.choose(kind, phase)
    for kind in ("award_proposed", "award_decided", "award_rejected"):
        assert templates.choose(kind, Phase.ANNOUNCEMENT).id == kind
    with pytest.raises(LookupError):
        templates.choose("unheard_of", Phase.ANNOUNCEMENT)


@pytest.mark.parametrize(
    ("today", "said"),
    [(date(2027, 5, 24), "还有7天"), (DAY, "今天到期"), (date(2027, 6, 1), "已逾期1天")],
)
def test_time_is_told_in_days(today: date, said: str) -> None:
    assert time_left(DAY, today) == said


def test_an_open_amount_is_said_to_be_open() -> None:
    values = award_values(
        enterprise_name="甲",
        uscc="91",
        grant_label="奖励",
        amount_fen=None,
        trigger_on=DAY,
        provision_ids=("A", "B"),
        reason="",
    )
    assert (values["amount"], values["provisions"]) == ("待定", "A、B")


def test_a_mail_is_read_by_a_standard_parser() -> None:
    mail = email.message_from_bytes(build_mail(_letter(), sender="tidu@localhost", now=NOW), policy=policy.default)
    assert (mail["Subject"], mail["Message-ID"], mail["Auto-Submitted"]) == (
        "【事项提醒】年度报表",
        "<1@tidu>",
        "auto-generated",
    )
    assert mail["Date"] == "Sat, 21 Nov 2026 09:02:03 +0800"
    assert mail.get_content().splitlines()[:3] == ["第一行", ".", "第三行"]
    assert not mail.defects


def test_a_repeat_says_that_it_may_be_one_and_has_the_same_id() -> None:
    delivery_id = UUID(int=7)
    assert message_id_of(delivery_id, "tidu") == message_id_of(delivery_id, "tidu")
    repeat = email.message_from_bytes(
        build_mail(_letter(may_be_repeat=True), sender="tidu@localhost", now=NOW), policy=policy.default
    )
    assert "可能与先前一封重复" in repeat.get_content()


ENDINGS = ("\r\n", "\n", "\r", "\x00", "\x0b", "\u2028", "\x85", "\r\n ", "\n\t", "%0d%0a")
ATTACKS = (
    "Bcc: v@e.com",
    "To: v@e.com",
    "Subject: x",
    "\r\n\r\nbody",
    "MAIL FROM:<v@e.com>",
    "Content-Type: text/html",
)


@pytest.mark.parametrize("field", ["to_name", "to_address", "subject"])
def test_no_field_of_a_letter_makes_a_header_or_a_recipient(field: str) -> None:
    for ending, attack, front in product(ENDINGS, ATTACKS, ("a", "a@example.com")):
        letter = _letter(**{field: front + ending + attack})
        try:
            raw = build_mail(letter, sender="tidu@localhost", now=NOW)
        except UnusableMail:
            continue
        mail = email.message_from_bytes(raw, policy=policy.default)
        assert len(mail["To"].addresses) == 1
        assert set(mail.keys()) == {
            "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Type",
            "Content-Transfer-Encoding", "MIME-Version", "Content-Language",
        }  # fmt: skip


@pytest.mark.parametrize("address", ["a@b", "a.b+c@example.com.cn", "x" * 64 + "@example.com"])
def test_a_plain_address_is_taken(address: str) -> None:
    assert parse_address(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "@b",
        "a@",
        "a b@c.d",
        "a@b,c@d",
        "<a@b>",
        '"a b"@c.d',
        "a@b\n",
        "张@b.cn",
        "a@例.cn",
        "a..b@c",
        "x" * 65 + "@b",
    ],
)
def test_anything_else_is_refused(address: str) -> None:
    with pytest.raises(UnusableMail):
        parse_address(address)


def test_retries_come_ever_later_and_end() -> None:
    steps = [after_deferral(attempt, 0) for attempt in range(1, 11)]
    assert steps == [*(Retry(seconds) for seconds in RETRY_SECONDS[1:]), GiveUp()]
    assert RETRY_SECONDS == (0, 60, 300, 900, 3600, 10_800, 21_600, 43_200, 86_400, 172_800)
    assert (after_deferral(1, -20), after_deferral(1, 20)) == (Retry(48), Retry(72))


def test_a_circuit_pauses_longer_each_time_and_forgets_when_mail_goes_again() -> None:
    circuit = Circuit(threshold=2, first_pause_seconds=10, longest_pause_seconds=25)
    circuit.fail(0)
    assert not circuit.is_paused_at(0)
    circuit.fail(0)
    assert (circuit.is_paused_at(9), circuit.is_paused_at(10)) == (True, False)
    circuit.fail(10, at_once=True)
    circuit.fail(30, at_once=True)
    assert (circuit.is_paused_at(29), circuit.paused_until) == (True, 55)
    circuit.succeed()
    circuit.fail(60, at_once=True)
    assert circuit.paused_until == 70


def test_a_person_named_here_comes_before_the_registrys_contacts() -> None:
    def someone(role: str, source: RecipientSource, *, consents: bool = True) -> KnownRecipient:
        return KnownRecipient(uuid4(), 1, "91", role, source, "place", "sealed", consents)

    registry, named = RecipientSource.REGISTRY, RecipientSource.NAMED
    people = [
        someone("legal_representative", registry),
        someone("other", registry),
        someone("liaison", registry, consents=False),
        someone("finance", registry),
        someone("zz", named),
    ]
    assert [person.role for person in in_order(people)] == ["zz", "finance", "legal_representative", "other"]


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("name", "张三", "张**"),
        ("email", "a@b.c", "a***@b.c"),
        ("phone", "138123456", "138****3456"),
        ("phone", None, None),
    ],
)
def test_who_need_not_know_sees_masks(field: str, value: str | None, shown: str | None) -> None:
    assert mask(field, value) == shown
