"""Enterprises, recognitions and grades as the other services announce them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from shared.events.base import Event, EventMeta
from shared.events.enterprise import (
    EnterpriseRegistered,
    EnterpriseState,
    FiguresReported,
    FiguresState,
    RecognitionGranted,
    RecognitionRevoked,
    RecognitionState,
    ScaleChanged,
    ScaleInterval,
)
from shared.events.pipeline import SpecialistGraded, SpecialistState
from shared.testing.codes import make_uscc

TODAY = date(2025, 12, 1)
ABOVE = ScaleInterval(above_scale=True, from_on=date(2022, 1, 1), source="统计局名录")
BELOW = ScaleInterval(above_scale=False, from_on=date(2022, 1, 1), source="统计局名录")


def recognition(kind: str = "hnte", **fields: Any) -> RecognitionState:
    """A recognition of November 2024, the first of its kind."""
    known = {"id": uuid4(), "issued_on": date(2024, 11, 1), "sequence": "first", "certificate_number": "GR202453000001"}
    return RecognitionState(kind=kind, **{**known, **fields})


class Firm:
    """An enterprise under test: changes it and gives the event that announces the change."""

    def __init__(self, serial: int, region_code: str = "530902", **fields: Any) -> None:
        self.state = EnterpriseState(
            uscc=make_uscc(serial, office=region_code),
            version=1,
            name=f"示例企业{serial}号",
            entity_kind="enterprise",
            is_candidate=True,
            region_code=region_code,
            rung="micro_small",
            **fields,
        )

    @property
    def uscc(self) -> str:
        """Its code."""
        return self.state.uscc

    def _become(self, **fields: Any) -> EnterpriseState:
        self.state = self.state.model_copy(update={**fields, "version": self.state.version + 1})
        return self.state

    def registered(self) -> Event:
        """It entered the registry."""
        return EnterpriseRegistered(version=self.state.version, enterprise=self.state)

    def granted(self, granted: RecognitionState | None = None) -> Event:
        """A recognition was recorded."""
        granted = granted or recognition()
        state = self._become(recognitions=(*self.state.recognitions, granted))
        return RecognitionGranted(version=state.version, enterprise=state, recognition=granted)

    def scaled(self, interval: ScaleInterval = ABOVE) -> Event:
        """It was found above (or below) designated size."""
        others = tuple(item for item in self.state.scale if item.from_on != interval.from_on)
        state = self._become(scale=(*others, interval))
        facts = {"above_scale": interval.above_scale, "from_on": interval.from_on}
        return ScaleChanged(version=state.version, enterprise=state, **facts)

    def reported(self, year: int, **figures: int) -> Event:
        """Its figures of a year arrived."""
        others = tuple(item for item in self.state.figures if item.year != year)
        state = self._become(figures=(*others, FiguresState(year=year, source="年度报表", **figures)))
        return FiguresReported(version=state.version, enterprise=state, year=year)

    def revoked(self, revoked: RecognitionState, on: date = date(2025, 6, 1)) -> Event:
        """A recognition was revoked."""
        ended = revoked.model_copy(update={"revoked_on": on})
        kept = tuple(ended if item.id == revoked.id else item for item in self.state.recognitions)
        state = self._become(recognitions=kept)
        return RecognitionRevoked(
            version=state.version, enterprise=state, recognition=ended, revoked_on=on, reason="资格取消"
        )


def graded(grade: str, *, version: int = 1, specialist: UUID | None = None, year: int = 2024) -> SpecialistGraded:
    """A specialist of 临泽 was graded."""
    state = SpecialistState(
        id=specialist or uuid4(),
        version=version,
        name="示例特派员",
        kind="sci_tech_specialist",
        home_unit="示例研究所",
        region_code="620723",
    )
    return SpecialistGraded(version=version, specialist=state, year=year, grade=grade, graded_on=date(year + 1, 1, 15))


def meta_of(event: Event, actor: str | None = "caseworker-530900") -> EventMeta:
    """What the consumer would tell of the event."""
    return EventMeta(
        event_id=uuid4(),
        event_type=event.event_type,
        occurred_at=datetime(2025, 12, 1, tzinfo=UTC),
        topic=event.topic,
        part=0,
        epoch=0,
        pseq=1,
        agg_id=event.aggregate_id,
        agg_version=event.version,
        actor=actor,
    )
