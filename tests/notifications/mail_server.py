"""A real SMTP server that records what it takes, and misbehaves on request."""

from __future__ import annotations

import asyncio
import email
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from deploy.local.ports import free_port


class Recorder:
    """What the server keeps, and how it answers. `answer` and `rcpt_answer` are SMTP replies; None means 250.

    With the gate closed a message that was handed over gets no answer until it is opened.
    """

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.answer: str | None = None
        self.rcpt_answer: str | None = None
        self.drops_after_taking = False
        self.gate = threading.Event()
        self.gate.set()
        self.is_asked = threading.Event()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        """Answer a recipient."""
        if self.rcpt_answer is not None:
            return self.rcpt_answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Answer a message; it is taken before the connection is dropped."""
        self.is_asked.set()
        await asyncio.to_thread(self.gate.wait)
        if self.answer is not None:
            return self.answer
        mail = email.message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.recipients += envelope.rcpt_tos
        if self.drops_after_taking:
            server.transport.abort()
        return "250 taken"

    @property
    def message_ids(self) -> list[str]:
        """The Message-ID of every mail taken."""
        return [mail["Message-ID"] for mail in self.mails]


@contextmanager
def mail_server(recorder: Recorder) -> Iterator[int]:
    """Run the server on a free port of loopback; gives the port."""
    controller = Controller(recorder, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()
