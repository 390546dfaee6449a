"""A notice as an e-mail: built by the standard library's strict policy, so that no value can become a header."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from shared.kernel.clock import SHANGHAI
from shared.kernel.text import clean_text

_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(rf"(?=.{{1,64}}@){_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*")
_LONGEST_ADDRESS = 254
_REPEAT_NOTE = "(本邮件可能与先前一封重复,编号相同,请以系统内通知为准。)"
_FOOTER = "本邮件是系统内通知的副本,以系统内通知为准。请勿直接回复。"


class UnusableMail(Exception):
    """An address or text that cannot become a mail; the sentence says why."""


@dataclass(frozen=True)
class Letter:
    """What one copy says to whom."""

    to_name: str
    to_address: str
    subject: str
    text: str
    message_id: str
    may_be_repeat: bool


def parse_address(text: str) -> str:
    """Return a plain e-mail address; raises UnusableMail on anything that is none, or that carries more than one."""
    if len(text) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(text):
        raise UnusableMail("电子邮箱地址不正确")
    return text


def build_mail(letter: Letter, *, sender: str, now: datetime) -> bytes:
    """Return the mail as it goes over the wire; raises UnusableMail where a header would not hold its value."""
    mail = EmailMessage(policy=SMTP)
    try:
        mail["From"] = sender
        mail["To"] = Address(display_name=clean_text(letter.to_name), addr_spec=parse_address(letter.to_address))
        mail["Subject"] = _one_line(letter.subject)
        mail["Date"] = format_datetime(now.astimezone(SHANGHAI))
        mail["Message-ID"] = letter.message_id
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(_text_of(letter))
        mail["Content-Language"] = "zh-CN"
    except (ValueError, MessageError) as error:
        raise UnusableMail("邮件的标题或收件人含有不允许的字符") from error
    return mail.as_bytes()


def _one_line(text: str) -> str:
    if any(character in text for character in "\r\n\x00"):
        raise ValueError("a header is one line")
    return clean_text(text)


def _text_of(letter: Letter) -> str:
    parts = [_REPEAT_NOTE] if letter.may_be_repeat else []
    return "\n\n".join([*parts, letter.text, _FOOTER]) + "\n"
