"""Rules that differ from the shipped ones in one respect, for tests of what a change of rules does."""

from __future__ import annotations

from dataclasses import replace

from services.notifications.domain.duty_rules import AtExpiry, DutyProvision, DutyRule
from services.notifications.domain.handbook import Handbook
from services.notifications.domain.rule_book import RuleBook
from services.notifications.domain.schedules import OnHoliday, RecipientRole, Schedule
from tests.notifications.application import handbook

OFFSETS = [180, 90, 60, 30, 14, 7, 3, 1, -1]
"""The shipped schedule, overdue days negative."""


def schedule(*days_before: int, days_overdue: tuple[int, ...] = (), on_holiday: OnHoliday = OnHoliday.KEEP) -> Schedule:
    """A schedule for every kind of duty."""
    return Schedule(
        duty_kinds=("others",),
        recipients=(RecipientRole.ENTERPRISE,),
        days_before=days_before,
        days_overdue=days_overdue,
        on_holiday=on_holiday,
    )


def with_schedule(other: Schedule) -> Handbook:
    """The shipped duties under another schedule."""
    layers = [replace(layer, schedules={"others": other}) for layer in handbook().rules.layers]
    return Handbook(RuleBook(tuple(layers)), handbook().templates)


def with_offsets(*offsets: int) -> Handbook:
    """The shipped duties, told on other days; overdue days are negative."""
    before = tuple(offset for offset in offsets if offset >= 0)
    return with_schedule(schedule(*before, days_overdue=tuple(-offset for offset in offsets if offset < 0)))


def with_duty(kind: str, recognition: str, *, replaces: str | None = None) -> Handbook:
    """The shipped rules with one more duty, due when the recognition ends."""
    rule = DutyRule(
        kind=kind,
        label_zh="新增事项",
        action_zh="办理",
        consequence_zh="无",
        recognitions=(recognition,),
        due=AtExpiry(kind="at_expiry"),
        provisions=(DutyProvision(id="CN-new", document="new", clause="第一条", basis_zh="测试"),),
        clause_zh="《新规》第一条",
    )
    layers = [
        replace(layer, duties=(*(known for known in layer.duties if known.kind != replaces), rule))
        for layer in handbook().rules.layers
    ]
    return Handbook(RuleBook(tuple(layers)), handbook().templates)
