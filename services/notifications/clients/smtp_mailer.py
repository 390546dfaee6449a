"""One mail server, spoken to one letter at a time. Says exactly how far a letter got."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import aiosmtplib

from services.notifications.domain.deliveries import Accepted, Deferred, Outcome, Refused, Unclear
from services.notifications.domain.mails import Letter, UnusableMail, build_mail

_PERMANENT = 500
_SERVICE_CLOSING = 421
_LONGEST_ANSWER = 300


class MailServerDown(Exception):
    """The server cannot be used at present, through no fault of a letter; no letter was handed over."""


@dataclass(frozen=True)
class SmtpAccess:
    """Where the mail server is and how to speak to it."""

    host: str
    port: int
    sender: str
    use_tls: bool = False
    start_tls: bool = False
    username: str | None = None
    password: str | None = None
    timeout_seconds: int = 10


class SmtpMailer:
    """Keeps one connection while there are letters. Not for concurrent use."""

    def __init__(self, access: SmtpAccess) -> None:
        self._access = access
        self._client: aiosmtplib.SMTP | None = None

    async def open(self) -> None:
        """Connect, if not connected; raises MailServerDown."""
        if self._client is not None and self._client.is_connected:
            return
        access = self._access
        client = aiosmtplib.SMTP(
            hostname=access.host,
            port=access.port,
            username=access.username,
            password=access.password,
            use_tls=access.use_tls,
            start_tls=access.start_tls,
            timeout=access.timeout_seconds,
        )
        try:
            await client.connect()
        except (aiosmtplib.SMTPException, OSError) as error:
            raise MailServerDown(_describe(error)) from error
        self._client = client

    async def close(self) -> None:
        """Say goodbye; a server that does not answer is left."""
        client, self._client = self._client, None
        if client is None or not client.is_connected:
            return
        try:
            await client.quit()
        except (aiosmtplib.SMTPException, OSError):
            client.close()

    async def send(self, letter: Letter, now: datetime) -> Outcome:
        """Hand over one letter; raises MailServerDown where the server refused before the letter was the question."""
        try:
            content = build_mail(letter, sender=self._access.sender, now=now)
        except UnusableMail as error:
            return Refused(str(error))
        await self.open()
        client = self._client
        if client is None:
            raise MailServerDown("no connection")
        refusal = await self._introduce(client, letter.to_address)
        return refusal or await self._hand_over(client, content)

    async def _introduce(self, client: aiosmtplib.SMTP, to_address: str) -> Refused | Deferred | None:
        try:
            await client.mail(self._access.sender)
        except (aiosmtplib.SMTPException, OSError) as error:
            await self.close()
            raise MailServerDown(_describe(error)) from error
        try:
            await client.rcpt(to_address)
        except aiosmtplib.SMTPResponseException as error:
            return await self._refusal(client, error)
        except (aiosmtplib.SMTPException, OSError) as error:
            await self.close()
            raise MailServerDown(_describe(error)) from error
        return None

    async def _hand_over(self, client: aiosmtplib.SMTP, content: bytes) -> Outcome:
        """From here on a lost connection leaves open whether the server took the letter."""
        try:
            response = await client.data(content)
        except aiosmtplib.SMTPResponseException as error:
            return await self._refusal(client, error)
        except (aiosmtplib.SMTPException, OSError) as error:
            await self.close()
            return Unclear(_describe(error))
        return Accepted(f"{response.code} {response.message}"[:_LONGEST_ANSWER])

    async def _refusal(self, client: aiosmtplib.SMTP, error: aiosmtplib.SMTPResponseException) -> Refused | Deferred:
        if error.code == _SERVICE_CLOSING:
            await self.close()
        else:
            await _reset(client)
        problem = f"{error.code} {error.message}"[:_LONGEST_ANSWER]
        return Refused(problem) if error.code >= _PERMANENT else Deferred(problem)


async def _reset(client: aiosmtplib.SMTP) -> None:
    try:
        await client.rset()
    except (aiosmtplib.SMTPException, OSError):
        client.close()


def _describe(error: Exception) -> str:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{error.code} {error.message}"[:_LONGEST_ANSWER]
    return type(error).__name__
