"""A year passes: the planners run for one day after another, and what falls due is told, each thing once."""

import time
from collections import Counter
from datetime import date, datetime
from email.utils import parseaddr
from typing import Any

from deploy.demo.screen import Screen
from deploy.demo.stack import Caller, Stack
from shared.kernel.dates import add_months

_MONTHS = 12
_MAIL_SECONDS = 60
_SHOWN_MAILS = 8
_COUNTS = {
    "planned_count": "新计划",
    "sent_count": "发出通知",
    "skipped_count": "被更近的提醒取代",
    "overdue_count": "逾期",
}
_AWARD_KINDS = {"award_proposed": "奖补已提出", "award_decided": "奖补已批准", "award_rejected": "奖补未通过"}


def pass_a_year(admin: Caller, screen: Screen, *, today: date) -> None:
    """Run the planners for the same day of each of the next twelve months, and show what each run sent."""
    runs = []
    with screen.progress("推进业务日期", _MONTHS) as bar:
        for month in range(1, _MONTHS + 1):
            as_of = add_months(today, month)
            runs.append(admin.post("notifications", "/v1/runs", {"as_of": as_of.isoformat()}))
            bar.advance()
    rows = [(run["as_of"], *(run[name] for name in _COUNTS)) for run in runs]
    screen.table(("业务日期", *_COUNTS.values()), rows)
    again = admin.post("notifications", "/v1/runs", {"as_of": runs[-1]["as_of"]})
    screen.say(f"同一天再运行一次：发出 {again['sent_count']} 份。每件事只说一次。")


def show_notices(caller: Caller, screen: Screen, *, region_code: str, uscc: str) -> None:
    """Count the region's notices by kind, and show one enterprise's year as its contact sees it."""
    notices = list(caller.list_all("notifications", "/v1/notices", region_code=region_code))
    labels = duty_labels(caller, region_code)
    counts = Counter((labels.get(n["kind"], n["kind"]), _STATES.get(n["state"], n["state"])) for n in notices)
    screen.table(
        ("通知种类", "状态", "份数"), [(kind, state, count) for (kind, state), count in sorted(counts.items())]
    )
    own = [n for n in notices if n["uscc"] == uscc and n["state"] == "sent"]
    screen.say(f"其中一家企业（{uscc}）一年里收到的通知：")
    screen.table(("发出日", "事项到期日", "标题"), [(n["sent_on"], n["due_on"] or "—", n["title"]) for n in own])
    if own:
        detail = caller.get("notifications", f"/v1/notices/{own[-1]['id']}")
        screen.say("最后一份的原文：")
        screen.quote(str(detail["body"]).splitlines())


def duty_labels(caller: Caller, region_code: str) -> dict[str, str]:
    """Return how the duties of the region are called, by kind."""
    duties = caller.list_all("notifications", "/v1/duties", region_code=region_code)
    return _AWARD_KINDS | {duty["kind"]: duty["label"] for duty in duties}


def show_mails(stack: Stack, screen: Screen, *, since: datetime) -> None:
    """Wait until the mail sink is quiet, and show the newest mails of this demonstration."""
    mails = _wait_for_quiet(stack)
    fresh = [mail for mail in mails if datetime.fromisoformat(mail["received_at"]) >= since]
    screen.say(f"邮件副本：这次演示发出 {len(fresh)} 封，都在 {stack.address('mail_page')}")
    by_subject = {mail["subject"]: mail for mail in fresh}
    shown = list(by_subject.values())[:_SHOWN_MAILS]
    screen.table(("其中的收件人", "主题"), [(parseaddr(mail["recipients"])[1], mail["subject"]) for mail in shown])


def _wait_for_quiet(stack: Stack) -> list[dict[str, str]]:
    """Copies are sent after the notices, by the worker; two equal answers in a row mean that none is under way."""
    deadline = time.monotonic() + _MAIL_SECONDS
    before: list[dict[str, str]] | None = None
    while (mails := stack.mails()) != before and time.monotonic() < deadline:
        before = mails
        time.sleep(2)
    return mails


_STATES: dict[str, Any] = {
    "planned": "待发",
    "sent": "已发",
    "withdrawn": "已撤回",
    "skipped": "已被取代",
}
