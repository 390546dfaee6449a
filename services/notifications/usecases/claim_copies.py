"""Take copies whose turn it is and address them: the address is read now, not when the notice was planned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.db import delivery_repository, recipient_repository
from services.notifications.db.delivery_repository import Claimed
from services.notifications.domain.deliveries import DeliveryState, message_id_of
from services.notifications.domain.mails import Letter, UnusableMail, parse_address
from services.notifications.domain.recipients import Addressee, KnownRecipient, addressee_of, in_order
from shared.kernel.sealing import CannotUnseal, Sealer

_NOBODY = "接收人没有登记可用的电子邮箱,只在系统内通知"


@dataclass(frozen=True)
class CopyToSend:
    """A claimed copy with the letter it is."""

    claimed: Claimed
    letter: Letter


async def claim_copies(
    session: AsyncSession, sealer: Sealer, *, token: UUID, lease_seconds: int, limit: int, mail_domain: str
) -> list[CopyToSend]:
    """Claim up to `limit` copies under a lease; those with nobody to write to end here and say so."""
    claimed = await delivery_repository.claim(session, token=token, lease_seconds=lease_seconds, limit=limit)
    texts = await delivery_repository.read_texts(session, [copy.notice_id for copy in claimed])
    recipients = await recipient_repository.list_known(session, [copy.uscc for copy in claimed])
    ready = []
    for copy in claimed:
        addressee = _choose(recipients.get(copy.uscc, []), sealer)
        if addressee is None:
            await delivery_repository.settle(session, copy, DeliveryState.UNADDRESSED, problem=_NOBODY)
            continue
        letter = _letter(copy, addressee, texts[copy.notice_id], mail_domain)
        await delivery_repository.note_address(
            session,
            copy,
            message_id=letter.message_id,
            recipient_id=addressee.recipient_id,
            recipient_version=addressee.recipient_version,
        )
        ready.append(CopyToSend(copy, letter))
    return ready


def _choose(recipients: Iterable[KnownRecipient], sealer: Sealer) -> Addressee | None:
    """Return the first recipient with a usable address; what cannot be opened with our key is no address."""
    for recipient in in_order(recipients):
        try:
            addressee = addressee_of(recipient, sealer.unseal(recipient.sealed, place=recipient.place))
            if addressee is not None:
                parse_address(addressee.address)
                return addressee
        except (CannotUnseal, UnusableMail):
            continue
    return None


def _letter(copy: Claimed, addressee: Addressee, text: tuple[str, str], mail_domain: str) -> Letter:
    return Letter(
        to_name=addressee.name,
        to_address=addressee.address,
        subject=text[0],
        text=text[1],
        message_id=message_id_of(copy.id, mail_domain),
        may_be_repeat=copy.may_be_repeat,
    )
