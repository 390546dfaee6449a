"""One-to-one service: the states of an assignment, and what refuses one."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from uuid import UUID

from shared.kernel.errors import Conflict, FieldError, Invalid, NotFound
from shared.kernel.roles import Principal, Role

LOOKS_AFTER_ALL = frozenset(set(Role) - {Role.SPECIALIST})
"""Roles to whom assignments are not narrowed to their own; their scope narrows them."""


class AssignmentState(StrEnum):
    """An assignment is active until it ends; a handover begins another."""

    ACTIVE = "active"
    ENDED = "ended"


class AlreadyServed(Conflict):
    """Another specialist serves the enterprise now; the detail names him."""

    code = "already_served"
    title = "该企业已有服务人员"


class CapacityReached(Conflict):
    """The specialist serves as many enterprises as agreed."""

    code = "capacity_reached"
    title = "该服务人员的服务名额已满"


class AssignmentEnded(Conflict):
    """The assignment is over; nothing can be added to it."""

    code = "assignment_ended"
    title = "这次派驻已经结束"


class AlreadyGraded(Conflict):
    """The specialist has a grade for this year."""

    code = "already_graded"
    title = "该年度已有考核结果"


class SameSpecialist(Conflict):
    """An enterprise is handed over to somebody else, or to nobody."""

    code = "same_specialist"
    title = "接手的服务人员与现任相同"


class WrongServiceDay(Invalid):
    """The day given cannot be the day of this service."""

    code = "wrong_day"
    title = "日期不合理"

    def __init__(self, pointer: str, detail: str) -> None:
        super().__init__(detail, errors=(FieldError(pointer, "wrong_day", detail),))


def check_start_day(from_on: date, today: date) -> None:
    """Refuse a service that begins on a day to come: who is assigned serves now."""
    if from_on > today:
        raise WrongServiceDay("/from_on", f"派驻开始日期不能晚于今天({today})")


def check_visit_day(visited_on: date, today: date) -> None:
    """Refuse a visit on a day to come; a late entry is welcome."""
    if visited_on > today:
        raise WrongServiceDay("/visited_on", f"走访日期不能晚于今天({today})")


def check_capacity(name: str, served_count: int, capacity: int | None) -> None:
    """Refuse one enterprise more than agreed."""
    if capacity is not None and served_count >= capacity:
        raise CapacityReached(f"{name} 已服务 {served_count} 家企业,名额 {capacity} 家")


def check_active(state: AssignmentState, until_on: date | None) -> None:
    """Refuse what only an assignment that lasts allows."""
    if state is not AssignmentState.ACTIVE:
        raise AssignmentEnded(f"已于 {until_on} 结束")


def check_successor(present: UUID, successor: UUID | None) -> None:
    """Refuse a handover to the one who serves already."""
    if successor == present:
        raise SameSpecialist("请另选服务人员;只想结束服务时不填 specialist_id")


def own_login(principal: Principal) -> str | None:
    """Return the login whose assignments a specialist sees, None for those who look after all."""
    return None if principal.has_any(LOOKS_AFTER_ALL) else principal.subject


def check_own(principal: Principal, login: str | None) -> None:
    """Refuse a specialist what belongs to another one, as if it did not exist."""
    own = own_login(principal)
    if own is not None and own != login:
        raise NotFound("没有找到这次派驻")
