"""Stays in a pool: their states, and what refuses an admission or an exit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from services.pipeline.domain.board import Stay
from shared.kernel.errors import Conflict, FieldError, Invalid


class MembershipState(StrEnum):
    """From enrolled to one of three ends."""

    ENROLLED = "enrolled"
    GRADUATED = "graduated"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"


class ExitKind(StrEnum):
    """How a stay ends by decision: at the enterprise's wish, or by the bureau's."""

    WITHDRAWN = "withdrawn"
    REMOVED = "removed"


class NoCandidate(Conflict):
    """The organisation is no candidate for any ladder (a trade union, a branch), so no pool takes it."""

    code = "not_a_candidate"
    title = "该主体不是培育对象"


class AlreadyEnrolled(Conflict):
    """The enterprise is in this pool now; the detail says since when."""

    code = "already_enrolled"
    title = "企业已在库"


class AimAlreadyReached(Conflict):
    """What the door leads to holds already."""

    code = "aim_already_reached"
    title = "培育目标已经达到"


class DoorShut(Conflict):
    """A condition of the named door is not met; `errors` lists each one."""

    code = "door_shut"
    title = "不符合入库条件"

    def __init__(self, detail: str, unmet: list[str]) -> None:
        super().__init__(detail, errors=tuple(FieldError("/door", "condition_not_met", line) for line in unmet))


class NotEnrolled(Conflict):
    """The stay has ended before."""

    code = "not_enrolled"
    title = "企业已经出库"


class WrongDay(Invalid):
    """The day given cannot be the day of this decision."""

    code = "wrong_day"
    title = "日期不合理"

    def __init__(self, pointer: str, detail: str) -> None:
        super().__init__(detail, errors=(FieldError(pointer, "wrong_day", detail),))


def check_admission_day(admitted_on: date, today: date, earlier: Iterable[Stay]) -> None:
    """Refuse an admission while another stay lasts, before the last one ended, or on a day to come."""
    for stay in earlier:
        if stay.ended_on is None:
            raise AlreadyEnrolled(f"自 {stay.admitted_on} 起在库")
        if admitted_on < stay.ended_on:
            raise WrongDay("/admitted_on", f"上一次出库是 {stay.ended_on},再次入库不能早于这一天")
    if admitted_on > today:
        raise WrongDay("/admitted_on", f"入库日期不能晚于今天({today})")


def check_exit_day(ended_on: date, today: date, admitted_on: date) -> None:
    """Refuse an exit before the admission or on a day to come."""
    if not admitted_on <= ended_on <= max(today, admitted_on):
        raise WrongDay("/exited_on", f"出库日期应在 {admitted_on} 至 {today} 之间")
