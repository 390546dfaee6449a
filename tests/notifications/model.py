"""What an enterprise should be told, worked out day by day in the plainest way: the measure for the real planner."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from shared.events.enterprise import RecognitionState

Stage = tuple[date, int]
"""A due date and an offset."""


@dataclass
class ModelDuty:
    """One duty: its day, who closed it (nobody while it is awaited), and what may still be told."""

    due_on: date
    closed_by: str | None = None
    alive: dict[int, date] = field(default_factory=dict)
    spent: set[Stage] = field(default_factory=set)
    told: list[Stage] = field(default_factory=list)


@dataclass
class Model:
    """Every duty of one enterprise with yearly numbers, under one schedule without holidays."""

    offsets: tuple[int, ...]
    today: date
    duties: dict[str, ModelDuty] = field(default_factory=dict)

    def day_of(self, due_on: date, offset: int) -> date:
        return due_on - timedelta(days=offset)

    def hear(self, recognitions: tuple[RecognitionState, ...]) -> None:
        """Take over what the registry says now."""
        for recognition in recognitions:
            self._hear_one(recognition, recognitions)

    def _hear_one(self, one: RecognitionState, all_of_them: tuple[RecognitionState, ...]) -> None:
        ends_on = one.valid_until_on
        assert ends_on is not None
        is_gone = one.revoked_on is not None and ends_on >= one.revoked_on
        is_renewed = any(other.revoked_on is None and _reach(other) > _reach(one) for other in all_of_them)
        duty = self.duties.get(str(one.id))
        if duty is None:
            if not is_gone and not is_renewed and ends_on >= self.today:
                self.duties[str(one.id)] = duty = ModelDuty(ends_on)
                self._is_news(duty)
        elif duty.closed_by == "person":
            return
        elif duty.closed_by is None:
            if is_gone or is_renewed:
                self._close(duty, "records")
            elif duty.due_on != ends_on:
                duty.due_on = ends_on
                self._is_news(duty)
        elif not is_gone and not is_renewed and ends_on >= self.today:
            duty.due_on, duty.closed_by = ends_on, None
            self._is_news(duty)

    def _is_news(self, duty: ModelDuty) -> None:
        """From today on every offset is told on its day; of those gone by the latest is told at once."""
        days = {offset: self.day_of(duty.due_on, offset) for offset in self.offsets}
        duty.alive = {offset: day for offset, day in days.items() if day >= self.today}
        gone_by = {offset: day for offset, day in days.items() if day < self.today and offset >= 0}
        if gone_by and self.today <= duty.due_on:
            latest = max(gone_by, key=lambda offset: gone_by[offset])
            duty.alive[latest] = gone_by[latest]
        duty.alive = {offset: day for offset, day in duty.alive.items() if (duty.due_on, offset) not in duty.spent}

    def _close(self, duty: ModelDuty, closed_by: str) -> None:
        duty.closed_by, duty.alive = closed_by, {}

    def close_by_person(self, recognition_id: str) -> bool:
        """Close a duty, if it is awaited."""
        duty = self.duties.get(recognition_id)
        if duty is None or duty.closed_by is not None:
            return False
        self._close(duty, "person")
        return True

    def run(self) -> None:
        """Of what has come due tell the latest of each duty; nothing about a day gone by but that it is overdue."""
        for duty in self.duties.values():
            come = {offset: day for offset, day in duty.alive.items() if day <= self.today}
            useful = [offset for offset in come if offset < 0 or duty.due_on >= self.today]
            if useful:
                duty.told.append((duty.due_on, max(useful, key=lambda offset: come[offset])))
            for offset in come:
                del duty.alive[offset]
                duty.spent.add((duty.due_on, offset))

    def told(self) -> list[Stage]:
        """Everything told so far, sorted."""
        return sorted(stage for duty in self.duties.values() for stage in duty.told)


def _reach(recognition: RecognitionState) -> tuple[date, date, str]:
    assert recognition.valid_until_on is not None
    return recognition.valid_until_on, recognition.issued_on, str(recognition.id)
