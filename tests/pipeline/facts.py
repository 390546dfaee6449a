"""Enterprises under test, and the events with which the registry announces what happens to them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from shared.events.base import Event, EventMeta
from shared.events.enterprise import (
    EnterpriseEvent,
    EnterpriseMoved,
    EnterpriseRegistered,
    EnterpriseState,
    EnterpriseUpdated,
    FiguresReported,
    FiguresState,
    RecognitionGranted,
    RecognitionRevoked,
    RecognitionState,
    RungInterval,
    ScaleChanged,
    ScaleInterval,
)
from shared.kernel.dates import last_valid_day
from shared.testing.codes import make_uscc

TODAY = date(2026, 11, 21)
_CARRIES = {"hnte": "hnte", "tech_sme": "tech_sme"}


def recognition(kind: str = "hnte", issued_on: date = date(2026, 10, 15), **fields: Any) -> RecognitionState:
    """A recognition valid for three years unless told otherwise."""
    known = {"id": uuid4(), "sequence": "first", "valid_until_on": last_valid_day(issued_on, 3)}
    return RecognitionState(kind=kind, issued_on=issued_on, **{**known, **fields})


def rungs_of(recognitions: tuple[RecognitionState, ...], since: date) -> tuple[RungInterval, ...]:
    """The rungs that follow, as the registry would derive them (the highest of two kinds)."""
    days = {since}
    for one in recognitions:
        days |= {one.issued_on, *([one.valid_until_on + timedelta(days=1)] if one.valid_until_on else [])}
        days |= {one.revoked_on} if one.revoked_on else set()
    steps: list[tuple[str, date]] = []
    for day in sorted(days):
        held = {one.kind for one in recognitions if _holds(one, day)}
        rung = next((_CARRIES[kind] for kind in ("hnte", "tech_sme") if kind in held), "micro_small")
        if not steps or steps[-1][0] != rung:
            steps.append((rung, day))
    ends = [day for _, day in steps[1:]] + [None]
    return tuple(
        RungInterval(rung=rung, from_on=day, until_on=end) for (rung, day), end in zip(steps, ends, strict=True)
    )


def _holds(one: RecognitionState, day: date) -> bool:
    if one.revoked_on is not None and one.revoked_on <= day:
        return False
    return one.issued_on <= day and (one.valid_until_on is None or day <= one.valid_until_on)


class Firm:
    """An enterprise: changes it and gives the event that announces the change."""

    def __init__(self, serial: int, region_code: str = "530902", **fields: Any) -> None:
        known: dict[str, Any] = {
            "entity_kind": "enterprise",
            "is_candidate": True,
            "park_code": None,
            "registered_on": date(2015, 3, 12),
        }
        known |= fields
        since = known["registered_on"] or date(1980, 1, 1)
        self.state = EnterpriseState(
            uscc=make_uscc(serial),
            version=1,
            name=f"示例企业{serial}号",
            region_code=region_code,
            rung="micro_small",
            rungs=rungs_of((), since),
            **known,
        )

    @property
    def uscc(self) -> str:
        """Its code."""
        return self.state.uscc

    def _become(self, **fields: Any) -> EnterpriseState:
        state = self.state.model_copy(update={**fields, "version": self.state.version + 1})
        rungs = rungs_of(state.recognitions, state.registered_on or date(1980, 1, 1))
        now = next(span.rung for span in reversed(rungs) if span.from_on <= TODAY)
        self.state = state.model_copy(update={"rungs": rungs, "rung": now})
        return self.state

    def registered(self) -> EnterpriseEvent:
        """It entered the registry."""
        return EnterpriseRegistered(version=self.state.version, enterprise=self.state)

    def updated(self, **fields: Any) -> EnterpriseEvent:
        """Master data was corrected."""
        state = self._become(**fields)
        return EnterpriseUpdated(version=state.version, enterprise=state, changed=tuple(fields))

    def moved(self, region_code: str, park_code: str | None = None, on: date = date(2026, 6, 1)) -> EnterpriseEvent:
        """It moved to another county or park."""
        before = self.state
        state = self._become(region_code=region_code, park_code=park_code)
        return EnterpriseMoved(
            version=state.version,
            enterprise=state,
            moved_on=on,
            from_region_code=before.region_code,
            from_park_code=before.park_code,
        )

    def granted(self, granted: RecognitionState | None = None) -> EnterpriseEvent:
        """A recognition was recorded."""
        granted = granted or recognition()
        state = self._become(recognitions=(*self.state.recognitions, granted))
        return RecognitionGranted(version=state.version, enterprise=state, recognition=granted)

    def revoked(self, revoked: RecognitionState, on: date) -> EnterpriseEvent:
        """A recognition was revoked."""
        ended = revoked.model_copy(update={"revoked_on": on})
        kept = tuple(ended if item.id == revoked.id else item for item in self.state.recognitions)
        state = self._become(recognitions=kept)
        return RecognitionRevoked(
            version=state.version, enterprise=state, recognition=ended, revoked_on=on, reason="资格取消"
        )

    def scaled(self, *, above: bool = True, from_on: date = date(2026, 1, 1)) -> EnterpriseEvent:
        """It entered or left the list of those above designated size."""
        interval = ScaleInterval(above_scale=above, from_on=from_on, source="统计局名录")
        state = self._become(scale=(*self.state.scale, interval))
        return ScaleChanged(version=state.version, enterprise=state, above_scale=above, from_on=from_on)

    def reported(self, year: int, **figures: int) -> EnterpriseEvent:
        """Its figures of a year arrived."""
        others = tuple(item for item in self.state.figures if item.year != year)
        state = self._become(figures=(*others, FiguresState(year=year, source="年度报表", **figures)))
        return FiguresReported(version=state.version, enterprise=state, year=year)


def meta_of(event: Event) -> EventMeta:
    """What the consumer would tell of the event."""
    return EventMeta(
        event_id=uuid4(),
        event_type=event.event_type,
        occurred_at=datetime(2026, 11, 20, 2, tzinfo=UTC),
        topic=event.topic,
        part=0,
        epoch=1,
        pseq=1,
        agg_id=event.aggregate_id,
        agg_version=event.version,
        actor="caseworker-530900",
    )
