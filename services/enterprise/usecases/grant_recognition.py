"""Record a recognition: a certificate, a yearly number, a platform."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from services.enterprise import says
from services.enterprise.domain.enterprise import Enterprise, Recognition
from services.enterprise.domain.errors import wrong_field
from services.enterprise.domain.recognitions import check_grant, resequenced
from services.enterprise.usecases.changing import Entry, Register, conclude
from shared.rules.recognition_kinds import KindRegister


@dataclass(frozen=True)
class Grant:
    """What the caseworker reads off the certificate or the document."""

    kind: str
    issued_on: date
    valid_until_on: date | None = None
    level: str | None = None
    certificate_number: str | None = None
    issuer: str | None = None
    document: str | None = None


async def grant_recognition(
    session: AsyncSession, register: Register, before: Enterprise, grant: Grant
) -> tuple[Enterprise, Recognition]:
    """Record the recognition, place it in its sequence, derive the rung. The printed expiry goes before the kind's."""
    recognition = recognition_of(grant, register.ladders.kinds)
    check_grant(recognition, before.recognitions, today=register.today)
    recognitions = resequenced([*before.recognitions, recognition])
    placed = next(r for r in recognitions if r.id == recognition.id)
    entry = Entry("recognition.grant", None, {"id": placed.id, "sequence": placed.sequence, **vars(grant)})
    after = await conclude(
        session,
        register,
        before,
        replace(before, recognitions=recognitions),
        [says.recognition_granted(placed)],
        entry,
    )
    return after, placed


def recognition_of(grant: Grant, kinds: KindRegister) -> Recognition:
    """Return the recognition with the validity its kind fixes; refuses an unknown kind or level."""
    kind = kinds.find(grant.kind)
    if kind is None:
        raise wrong_field("/kind", "unknown_kind", f"没有名为“{grant.kind}”的认定种类,可用的有:{'、'.join(kinds.ids)}")
    if grant.level is not None and kind.levels and grant.level not in kind.levels:
        raise wrong_field("/level", "unknown_level", f"{kind.label_zh}的级别只能是 {'、'.join(kind.levels)}")
    return Recognition(
        id=uuid4(),
        kind=grant.kind,
        issued_on=grant.issued_on,
        valid_until_on=kind.last_valid_day(grant.issued_on, grant.valid_until_on),
        level=grant.level,
        certificate_number=grant.certificate_number,
        issuer=grant.issuer,
        document=grant.document,
    )
