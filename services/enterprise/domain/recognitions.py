"""The rules of recognitions: how long one holds, what a renewal is, what a revocation bars. Dates only, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum

from services.enterprise.domain.enterprise import Recognition
from services.enterprise.domain.enterprise import Sequence as Place
from services.enterprise.domain.errors import (
    ReapplicationBarred,
    RecognitionAlreadyRecorded,
    RecognitionAlreadyRevoked,
    wrong_field,
)

_DAY = timedelta(days=1)

RENEWED_WITHIN_YEAR_OF_EXPIRY = frozenset({"hnte", "tech_sme"})
"""Kinds renewed by that year's batches: a successor issued by 31 December of the year of expiry is a renewal.

For hnte that is also the day until which the old status keeps its tax effect (国家税务总局公告2017年第24号).
"""

KEEPS_RUNG_WHILE_RENEWING = frozenset({"tech_sme"})
"""Kinds whose number dies before its successor can exist (the platform opens after 31 March): 待更新, not a lost rung.

The rung is kept until 31 December of the year of expiry, when that year's batches are over.
"""

BARRED_IN_YEAR_OF_REVOCATION = {
    "hnte": "高新技术企业资格被取消的,当年不得再次申请认定(国科发火〔2016〕32号、195号)",
    "tech_sme": "科技型中小企业入库登记编号被撤销的,当年不得再次评价入库(国科火字〔2019〕87号)",
}
"""Kinds that cannot be granted again in the year they were revoked, with the rule that says so."""


NEEDS_NAMED_DECISION = frozenset({"leading"})
"""Kinds without published criteria: only a decision with issuer and document counts, never a number alone."""


class RecognitionStatus(StrEnum):
    """What a recognition is worth on a day; derived, never stored."""

    NOT_YET = "not_yet"
    VALID = "valid"
    RENEWING = "renewing"
    EXPIRED = "expired"
    REVOKED = "revoked"


def ends_on(recognition: Recognition) -> date | None:
    """Return the first day on which the recognition is no longer valid, None where it stays valid."""
    return _earliest(recognition.valid_until_on and recognition.valid_until_on + _DAY, recognition.revoked_on)


def rung_ends_on(recognition: Recognition) -> date | None:
    """Return the first day on which the recognition no longer carries its rung."""
    if recognition.kind not in KEEPS_RUNG_WHILE_RENEWING or recognition.valid_until_on is None:
        return ends_on(recognition)
    return _earliest(date(recognition.valid_until_on.year + 1, 1, 1), recognition.revoked_on)


def status_on(recognition: Recognition, day: date) -> RecognitionStatus:
    """Return what the recognition is worth on a day."""
    end, rung_end = ends_on(recognition), rung_ends_on(recognition)
    if recognition.revoked_on is not None and recognition.revoked_on <= day:
        return RecognitionStatus.REVOKED
    if day < recognition.issued_on:
        return RecognitionStatus.NOT_YET
    if end is None or day < end:
        return RecognitionStatus.VALID
    return RecognitionStatus.RENEWING if rung_end is None or day < rung_end else RecognitionStatus.EXPIRED


def place_in_sequence(recognition: Recognition, others: Iterable[Recognition]) -> Place:
    """Tell whether it is the first of its kind, a renewal, or came after a gap in validity."""
    earlier = [o for o in others if _same_line(o, recognition) and o.issued_on < recognition.issued_on]
    if not earlier:
        return Place.FIRST
    return Place.RENEWED if any(_renewable_on(o, recognition.issued_on) for o in earlier) else Place.AFTER_GAP


def resequenced(recognitions: Sequence[Recognition]) -> tuple[Recognition, ...]:
    """Return the recognitions by date of issue, each with its place; a late entry may move the later ones."""
    ordered = sorted(recognitions, key=lambda r: (r.issued_on, str(r.id)))
    return tuple(replace(r, sequence=place_in_sequence(r, ordered)) for r in ordered)


def lapses_on(recognition: Recognition, others: Iterable[Recognition]) -> date | None:
    """Return the first day without validity or successor: None where revoked before, renewed in time, or open-ended."""
    end = recognition.valid_until_on and recognition.valid_until_on + _DAY
    if end is None or (recognition.revoked_on is not None and recognition.revoked_on < end):
        return None
    is_followed = any(
        _same_line(other, recognition) and status_on(other, end) is RecognitionStatus.VALID for other in others
    )
    return None if is_followed else end


def check_grant(recognition: Recognition, others: Sequence[Recognition], *, today: date) -> None:
    """Refuse what cannot be: without evidence, dates in disorder, recorded before, or barred after a revocation."""
    _check_evidence(recognition)
    if recognition.issued_on > today:
        raise wrong_field("/issued_on", "in_future", f"发证日期不能晚于今天({today})")
    if recognition.valid_until_on is not None and recognition.valid_until_on < recognition.issued_on:
        raise wrong_field("/valid_until_on", "before_issue", "有效期截止日不能早于发证日期")
    if any(_is_same(other, recognition) for other in others):
        raise RecognitionAlreadyRecorded("同一种类、同一证书编号(或同一文件、同一日期)的认定已经登记")
    _check_bar(recognition, others)


def check_revocation(recognition: Recognition, revoked_on: date, *, today: date) -> None:
    """Refuse a revocation that was recorded before, or one from a day that has not come."""
    if recognition.revoked_on is not None:
        raise RecognitionAlreadyRevoked(f"已自 {recognition.revoked_on} 起取消")
    if revoked_on > today:
        raise wrong_field("/revoked_on", "in_future", f"取消日期不能晚于今天({today})")


def _check_evidence(recognition: Recognition) -> None:
    if recognition.kind in NEEDS_NAMED_DECISION:
        missing = [name for name in ("issuer", "document") if getattr(recognition, name) is None]
        if missing:
            raise wrong_field(f"/{missing[0]}", "evidence_missing", "此项认定须写明认定机关和认定文件")
    elif recognition.certificate_number is None and recognition.document is None:
        raise wrong_field("/certificate_number", "evidence_missing", "须写明证书编号或认定文件")


def _check_bar(recognition: Recognition, others: Sequence[Recognition]) -> None:
    rule = BARRED_IN_YEAR_OF_REVOCATION.get(recognition.kind)
    revoked = [o.revoked_on for o in others if o.kind == recognition.kind and o.revoked_on is not None]
    for day in revoked if rule else []:
        if day.year == recognition.issued_on.year and day <= recognition.issued_on:
            raise ReapplicationBarred(f"该资格已自 {day} 起取消。{rule}")


def _renewable_on(earlier: Recognition, day: date) -> bool:
    end = ends_on(earlier)
    if end is None or day <= end:
        return True
    by_expiry = earlier.valid_until_on is not None and end == earlier.valid_until_on + _DAY
    return by_expiry and earlier.kind in RENEWED_WITHIN_YEAR_OF_EXPIRY and day.year == (end - _DAY).year


def _same_line(one: Recognition, other: Recognition) -> bool:
    return one.id != other.id and one.kind == other.kind and one.level == other.level


def _is_same(one: Recognition, other: Recognition) -> bool:
    if one.kind != other.kind:
        return False
    if one.certificate_number and one.certificate_number == other.certificate_number:
        return True
    unnumbered = one.certificate_number is None and other.certificate_number is None
    return unnumbered and (one.level, one.document, one.issued_on) == (other.level, other.document, other.issued_on)


def _earliest(*days: date | None) -> date | None:
    return min((day for day in days if day is not None), default=None)
