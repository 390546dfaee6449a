"""E-mail copies against a real SMTP server: never lost, repeated only where SMTP leaves it open, refused ones said."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import date
from typing import Any

import pytest

from services.notifications.clients.smtp_mailer import SmtpAccess, SmtpMailer
from services.notifications.usecases.close_duty import find_awaited_duty, waive_duty
from services.notifications.worker import CopySender, Pace
from shared.kernel.clock import FixedClock
from tests.databases import ServiceDatabase
from tests.notifications.application import desk
from tests.notifications.conftest import Office
from tests.notifications.dying_sender import SURE_DEATHS
from tests.notifications.facts import TODAY, Firm, recognition
from tests.notifications.mail_server import Recorder, mail_server

LATER = date(2027, 6, 30)


@pytest.fixture
def server() -> Recorder:
    return Recorder()


@pytest.fixture
def port(server: Recorder) -> Iterator[int]:
    with mail_server(server) as port:
        yield port


@pytest.fixture
async def post(office: Office) -> AsyncIterator[Office]:
    """The office with an empty tray: what other tests left unsent is put aside."""
    yield office
    await office.query(
        "UPDATE deliveries SET state = 'withdrawn', next_attempt_at = NULL, lease_token = NULL, lease_until = NULL"
        " WHERE state IN ('pending', 'sending', 'unknown') RETURNING 1"
    )


def sender(port: int, *, unknown_seconds: int = 0, lease_seconds: int = 60, timeout_seconds: int = 5) -> CopySender:
    mailer = SmtpMailer(SmtpAccess("127.0.0.1", port, "tidu@localhost", timeout_seconds=timeout_seconds))
    pace = Pace("localhost", per_second=1000, lease_seconds=lease_seconds, unknown_seconds=unknown_seconds)
    return CopySender(desk(FixedClock(TODAY)), mailer, pace)


async def told_firm(office: Office, *people: tuple[str, str], consent: bool = True) -> Firm:
    """An enterprise that has just been sent one notice."""
    firm = Firm()
    await office.hear(firm.granted(recognition("tech_sme", date(2026, 5, 1), valid_until_on=LATER)))
    if people:
        await office.hear(firm.contacts(*people, consent=consent))
    await office.run(date(2027, 6, 1))
    return firm


async def copies(office: Office, firm: Firm) -> list[dict[str, Any]]:
    return await office.query("SELECT * FROM deliveries WHERE uscc = :uscc ORDER BY id", uscc=firm.uscc)


async def test_a_copy_reaches_the_contact_and_says_what_the_notice_says(
    post: Office, server: Recorder, port: int
) -> None:
    firm = await told_firm(post, ("finance", "cw@example.com"), ("liaison", "lxr@example.com"))
    await sender(port).work(post.database)
    (mail,), (notice,) = server.mails, await post.notices(firm.uscc, "sent")
    assert server.recipients == ["lxr@example.com"]
    assert mail["Subject"] == notice["title"]
    assert mail["To"].addresses[0].display_name == "张三"
    assert notice["body"] in mail.get_content().replace("\r\n", "\n")
    (copy,) = await copies(post, firm)
    assert (copy["state"], copy["attempt_count"], copy["may_be_repeat"]) == ("accepted", 1, False)
    assert mail["Message-ID"] == copy["message_id"] == f"<{copy['id']}@localhost>"
    assert copy["provider_reference"] == "250 taken"


async def test_nobody_to_write_to_is_said_and_the_notice_stands(post: Office, server: Recorder, port: int) -> None:
    nobody = await told_firm(post)
    unwilling = await told_firm(post, ("liaison", "no@example.com"), consent=False)
    await sender(port).work(post.database)
    assert not server.mails
    for firm in (nobody, unwilling):
        (copy,) = await copies(post, firm)
        assert copy["state"] == "unaddressed"
        assert "只在系统内通知" in copy["problem"]
        assert len(await post.notices(firm.uscc, "sent")) == 1


async def test_a_contact_who_becomes_known_gets_what_nobody_could_be_sent_lately(
    post: Office, server: Recorder, port: int
) -> None:
    firm = await told_firm(post)
    await sender(port).work(post.database)
    await post.hear(firm.contacts(("liaison", "late@example.com")))
    await post.hear(firm.contacts(("liaison", "later@example.com")))
    await sender(port).work(post.database)
    await post.hear(firm.contacts(("liaison", "latest@example.com")))
    await sender(port).work(post.database)
    assert server.recipients == ["later@example.com"]


async def test_the_address_is_the_one_of_the_day_of_sending(post: Office, server: Recorder, port: int) -> None:
    firm = await told_firm(post, ("liaison", "old@example.com"))
    await post.hear(firm.contacts(("liaison", "new@example.com")))
    await sender(port).work(post.database)
    assert server.recipients == ["new@example.com"]


async def test_a_refused_copy_is_given_up_and_said(post: Office, server: Recorder, port: int) -> None:
    firm = await told_firm(post, ("liaison", "gone@example.com"))
    server.rcpt_answer = "550 no such user"
    await sender(port).work(post.database)
    (copy,) = await copies(post, firm)
    assert (copy["state"], copy["problem"]) == ("dead", "550 no such user")
    assert await post.said(firm.uscc) == [("duty_planned.v1", 1), ("notice_sent.v1", 1), ("notice_failed.v1", 2)]


async def test_a_deferred_copy_is_tried_again_later(post: Office, server: Recorder, port: int) -> None:
    firm = await told_firm(post, ("liaison", "busy@example.com"))
    server.answer = "451 try later"
    await sender(port).work(post.database)
    (copy,) = await copies(post, firm)
    assert (copy["state"], copy["attempt_count"]) == ("pending", 1)
    (wait,) = await post.query(
        "SELECT extract(epoch FROM next_attempt_at - updated_at)::int AS seconds FROM deliveries WHERE id = :id",
        id=copy["id"],
    )
    assert 48 <= wait["seconds"] <= 72
    server.answer = None
    await post.query(
        "UPDATE deliveries SET next_attempt_at = clock_timestamp() WHERE id = :id RETURNING 1", id=copy["id"]
    )
    await sender(port).work(post.database)
    (copy,) = await copies(post, firm)
    assert (copy["state"], copy["attempt_count"], copy["may_be_repeat"]) == ("accepted", 2, False)


async def test_a_copy_that_fails_ten_times_is_given_up(post: Office, server: Recorder, port: int) -> None:
    firm = await told_firm(post, ("liaison", "busy@example.com"))
    server.answer = "451 try later"
    await post.query("UPDATE deliveries SET attempt_count = 9 WHERE uscc = :uscc RETURNING 1", uscc=firm.uscc)
    await sender(port).work(post.database)
    (copy,) = await copies(post, firm)
    assert (copy["state"], copy["attempt_count"]) == ("dead", 10)


async def test_a_server_that_is_away_costs_no_copy_a_try(post: Office, server: Recorder, port: int) -> None:
    firm = await told_firm(post, ("liaison", "a@example.com"))
    away = sender(1)
    await away.work(post.database)
    (copy,) = await copies(post, firm)
    assert (copy["state"], copy["attempt_count"]) == ("pending", 0)
    assert away.circuit.pauses == 1
    await sender(port).work(post.database)
    assert server.recipients == ["a@example.com"]


async def test_a_server_that_defers_everything_is_left_alone_for_a_while(
    post: Office, server: Recorder, port: int
) -> None:
    firms = [await told_firm(post, ("liaison", f"a{n}@example.com")) for n in range(12)]
    server.answer = "451 try later"
    pausing = sender(port)
    await pausing.work(post.database)
    tried = [copy["attempt_count"] for firm in firms for copy in await copies(post, firm)]
    assert (sum(tried), pausing.circuit.pauses) == (pausing.circuit.threshold, 1)


async def test_an_answer_that_never_came_leaves_the_copy_unknown_and_is_resolved_by_one_marked_repeat(
    post: Office, server: Recorder, port: int
) -> None:
    firm = await told_firm(post, ("liaison", "a@example.com"))
    server.drops_after_taking = True
    await sender(port, unknown_seconds=900).work(post.database)
    (copy,) = await copies(post, firm)
    assert (copy["state"], len(server.mails)) == ("unknown", 1)
    server.drops_after_taking = False
    await sender(port, unknown_seconds=900).work(post.database)
    assert len(server.mails) == 1
    await post.query(
        "UPDATE deliveries SET next_attempt_at = clock_timestamp() WHERE id = :id RETURNING 1", id=copy["id"]
    )
    await sender(port).work(post.database)
    (copy,) = await copies(post, firm)
    assert (copy["state"], copy["may_be_repeat"]) == ("accepted", True)
    assert server.message_ids == [copy["message_id"]] * 2
    assert "可能与先前一封重复" in server.mails[1].get_content()


async def test_a_copy_whose_duty_was_closed_meanwhile_is_not_sent(post: Office, server: Recorder, port: int) -> None:
    firm = await told_firm(post, ("liaison", "a@example.com"))
    (duty,) = await post.duties(firm.uscc)
    async with post.database.transaction() as session:
        await waive_duty(session, await find_awaited_duty(session, duty["id"]), reason="测试")
    await sender(port).work(post.database)
    (copy,) = await copies(post, firm)
    assert (copy["state"], server.mails) == ("withdrawn", [])


async def test_two_senders_send_each_copy_once(post: Office, server: Recorder, port: int) -> None:
    for number in range(30):
        await told_firm(post, ("liaison", f"a{number}@example.com"))
    await asyncio.gather(sender(port).work(post.database), sender(port).work(post.database))
    assert sorted(server.recipients) == sorted(f"a{number}@example.com" for number in range(30))


async def test_no_transaction_is_open_while_the_server_thinks(post: Office, server: Recorder, port: int) -> None:
    await told_firm(post, ("liaison", "a@example.com"))
    server.gate.clear()
    sending = asyncio.ensure_future(sender(port).work(post.database))
    await asyncio.to_thread(server.is_asked.wait)
    open_for = await post.query(
        "SELECT pid FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = current_database()"
    )
    server.gate.set()
    await sending
    assert not open_for
    assert len(server.mails) == 1


async def test_a_sender_told_to_stop_settles_the_letter_in_hand_and_gives_the_others_back(
    post: Office, server: Recorder, port: int
) -> None:
    firms = [await told_firm(post, ("liaison", f"a{number}@example.com")) for number in range(3)]
    server.gate.clear()
    sending = asyncio.ensure_future(sender(port).work(post.database))
    await asyncio.to_thread(server.is_asked.wait)
    sending.cancel()
    await asyncio.sleep(0)
    server.gate.set()
    await asyncio.gather(sending, return_exceptions=True)
    states = sorted([copy["state"] for firm in firms for copy in await copies(post, firm)])
    assert (states, len(server.mails)) == (["accepted", "pending", "pending"], 1)


async def test_no_name_or_title_becomes_a_header(post: Office, server: Recorder, port: int) -> None:
    firm = Firm()
    await post.hear(firm.granted(recognition("tech_sme", date(2026, 5, 1), valid_until_on=LATER)))
    await post.hear(firm.updated(name="示例\r\nBcc: victim@example.com\r\n\r\n企业"))
    await post.hear(
        firm.contacts(("liaison", "a@example.com\r\nBcc: victim@example.com"), ("finance", "b@example.com"))
    )
    await post.run(date(2027, 6, 1))
    await sender(port).work(post.database)
    (mail,) = server.mails
    assert server.recipients == ["b@example.com"]
    assert mail["Bcc"] is None


async def test_a_sender_that_keeps_dying_loses_nothing_and_repeats_only_what_was_open(
    post: Office, server: Recorder, port: int, service_database: ServiceDatabase
) -> None:
    firms = [await told_firm(post, ("liaison", f"a{number}@example.com")) for number in range(60)]
    command = [sys.executable, "-m", "tests.notifications.dying_sender", service_database.worker_url, str(port)]
    ended = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=110, check=False)
    assert ended.returncode == 0, ended.stderr
    known = {copy["message_id"]: copy for firm in firms for copy in await copies(post, firm)}
    assert {copy["state"] for copy in known.values()} == {"accepted"}
    taken = Counter(server.message_ids)
    assert set(taken) == set(known)
    deaths = int(ended.stdout.splitlines()[-1])
    repeated = [message_id for message_id, count in taken.items() if count > 1]
    assert deaths >= len(SURE_DEATHS)
    assert repeated
    assert all(known[message_id]["may_be_repeat"] for message_id in repeated)
    assert sum(taken.values()) - len(known) <= deaths
