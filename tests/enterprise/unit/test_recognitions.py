"""Recognitions: what is a renewal, what lapses when, what a revocation bars."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from services.enterprise.domain.enterprise import Recognition
from services.enterprise.domain.errors import (
    ReapplicationBarred,
    RecognitionAlreadyRecorded,
    RecognitionAlreadyRevoked,
)
from services.enterprise.domain.recognitions import (
    RecognitionStatus,
    check_grant,
    check_revocation,
    lapses_on,
    resequenced,
    status_on,
)
from shared.kernel.errors import Invalid

TODAY = date(2026, 11, 21)


def hnte(number: int, issued_on: date, until: date | None, **fields: object) -> Recognition:
    return Recognition(UUID(int=number), "hnte", issued_on, until, certificate_number=f"GR{number}", **fields)  # type: ignore[arg-type]


FIRST = hnte(1, date(2017, 11, 13), date(2020, 11, 12))


@pytest.mark.parametrize(
    ("issued_on", "sequence"),
    [
        (date(2020, 10, 1), "renewed"),
        (date(2020, 11, 13), "renewed"),
        (date(2020, 12, 31), "renewed"),
        (date(2021, 1, 1), "after_gap"),
        (date(2023, 6, 1), "after_gap"),
    ],
)
def test_a_certificate_of_the_year_of_expiry_renews_and_a_later_one_comes_after_a_gap(
    issued_on: date, sequence: str
) -> None:
    later = hnte(2, issued_on, date(2026, 1, 1))
    assert [r.sequence for r in resequenced([later, FIRST])] == ["first", sequence]


def test_other_kinds_are_renewed_only_without_a_gap() -> None:
    def held(number: int, issued_on: date, until: date) -> Recognition:
        return Recognition(UUID(int=number), "provincial_innovator", issued_on, until)

    first = held(1, date(2020, 1, 1), date(2022, 12, 31))
    assert resequenced([first, held(2, date(2023, 1, 1), date(2025, 12, 31))])[1].sequence == "renewed"
    assert resequenced([first, held(2, date(2023, 1, 2), date(2025, 12, 31))])[1].sequence == "after_gap"


def test_what_was_revoked_cannot_be_renewed() -> None:
    revoked = hnte(1, date(2019, 11, 13), date(2022, 11, 12), revoked_on=date(2021, 3, 1))
    assert resequenced([revoked, hnte(2, date(2022, 11, 1), date(2025, 10, 31))])[1].sequence == "after_gap"


def test_a_late_entry_of_an_older_certificate_moves_the_later_ones() -> None:
    second = hnte(2, date(2020, 11, 1), date(2023, 10, 31))
    assert resequenced([second])[0].sequence == "first"
    assert [r.sequence for r in resequenced([second, FIRST])] == ["first", "renewed"]


def test_several_platforms_of_one_kind_and_two_levels_do_not_renew_each_other() -> None:
    def platform(number: int, level: str) -> Recognition:
        return Recognition(UUID(int=number), "key_laboratory", date(2020 + number, 1, 1), None, level)

    assert {r.sequence for r in resequenced([platform(1, "municipal"), platform(2, "provincial")])} == {"first"}


def test_a_lapse_falls_on_the_day_after_the_last_valid_one_also_after_a_29_february() -> None:
    leap = hnte(1, date(2024, 2, 29), date(2027, 2, 27))
    assert lapses_on(leap, [leap]) == date(2027, 2, 28)
    until_leap_day = hnte(2, date(2025, 3, 1), date(2028, 2, 29))
    assert lapses_on(until_leap_day, [until_leap_day]) == date(2028, 3, 1)


def test_what_was_renewed_in_time_or_revoked_before_never_lapses() -> None:
    renewed = hnte(2, date(2020, 11, 13), date(2023, 11, 12))
    assert lapses_on(FIRST, [FIRST, renewed]) is None
    late = hnte(2, date(2020, 11, 14), date(2023, 11, 13))
    assert lapses_on(FIRST, [FIRST, late]) == date(2020, 11, 13)
    revoked = hnte(1, date(2017, 11, 13), date(2020, 11, 12), revoked_on=date(2019, 1, 1))
    assert lapses_on(revoked, [revoked]) is None
    assert lapses_on(hnte(3, date(2020, 1, 1), None), []) is None


def test_the_status_of_a_yearly_number_is_renewing_between_two_numbers() -> None:
    number = Recognition(UUID(int=1), "tech_sme", date(2025, 6, 1), date(2026, 3, 31))
    days = (date(2025, 5, 31), date(2026, 3, 31), date(2026, 4, 1), date(2027, 1, 1))
    assert [status_on(number, day) for day in days] == [
        RecognitionStatus.NOT_YET,
        RecognitionStatus.VALID,
        RecognitionStatus.RENEWING,
        RecognitionStatus.EXPIRED,
    ]


def test_a_revoked_status_is_not_granted_again_in_the_same_year_and_the_rule_is_named() -> None:
    revoked = hnte(1, date(2024, 11, 1), date(2027, 10, 31), revoked_on=date(2026, 3, 1))
    with pytest.raises(ReapplicationBarred, match="当年不得再次申请认定"):
        check_grant(hnte(2, date(2026, 11, 1), None), [revoked], today=TODAY)
    check_grant(hnte(2, date(2027, 11, 1), None), [revoked], today=date(2027, 12, 1))


def test_a_recognition_is_recorded_once() -> None:
    with pytest.raises(RecognitionAlreadyRecorded):
        check_grant(hnte(1, date(2018, 1, 1), None), [FIRST], today=TODAY)
    unnumbered = Recognition(UUID(int=5), "contest_winner", date(2020, 1, 1), document="国科发1号")
    again = Recognition(UUID(int=6), "contest_winner", date(2020, 1, 1), document="国科发1号")
    with pytest.raises(RecognitionAlreadyRecorded):
        check_grant(again, [unnumbered], today=TODAY)


def test_dates_in_disorder_are_refused() -> None:
    with pytest.raises(Invalid, match="不能晚于今天"):
        check_grant(hnte(2, date(2026, 11, 22), None), [], today=TODAY)
    with pytest.raises(Invalid, match="不能早于发证日期"):
        check_grant(hnte(2, date(2026, 11, 1), date(2026, 10, 31)), [], today=TODAY)
    with pytest.raises(Invalid, match="不能晚于今天"):
        check_revocation(FIRST, date(2026, 11, 22), today=TODAY)
    with pytest.raises(RecognitionAlreadyRevoked):
        check_revocation(hnte(1, date(2020, 1, 1), None, revoked_on=date(2021, 1, 1)), TODAY, today=TODAY)
