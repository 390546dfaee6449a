"""When a duty is told: offsets before and after its day, as data (jurisdictions/*/offsets.yaml)."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field

from services.notifications.domain.duty_rules import Kinds
from shared.rules.conditions import RuleModel
from shared.rules.reading import read_source
from shared.rules.validation import validated

DaysBefore = Annotated[int, Field(ge=0, le=3660)]
DaysOverdue = Annotated[int, Field(ge=1, le=365)]


class RecipientRole(StrEnum):
    """Who is told. The enterprise sees the notice in the system; a copy goes to the contact it named."""

    ENTERPRISE = "enterprise"


class OnHoliday(StrEnum):
    """What a due date on a holiday means for its reminders."""

    EARLIER = "earlier"
    KEEP = "keep"


class Schedule(RuleModel):
    """The offsets of some duty kinds."""

    duty_kinds: Kinds
    recipients: tuple[RecipientRole, ...] = Field(min_length=1)
    days_before: tuple[DaysBefore, ...]
    days_overdue: tuple[DaysOverdue, ...] = ()
    on_holiday: OnHoliday


class _ScheduleFile(RuleModel):
    offsets: tuple[Schedule, ...]


def load_schedules(file: Path) -> dict[str, Schedule]:
    """Read one offsets.yaml into schedules by duty kind (`others` among them); raises PackError."""
    source = read_source(file)
    schedules: dict[str, Schedule] = {}
    for index, schedule in enumerate(validated(_ScheduleFile, source, source.value).offsets):
        for kind in schedule.duty_kinds:
            if kind in schedules:
                raise source.error_at(("offsets", index, "duty_kinds"), f"事项 {kind} 的提前天数重复,请删去其一")
            schedules[kind] = schedule
    return schedules
