"""What every event is: a versioned fact about one aggregate that carries the aggregate's whole public state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Fact(BaseModel):
    """A part of an event: frozen, tolerant of fields that a newer writer adds."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Event(Fact):
    """A fact one service announces. Registered by its `event_type`, `<service>.<fact>.v<major>`.

    `version` is the version the aggregate reached with this fact: it ascends by one per event of an aggregate.
    """

    event_type: ClassVar[str] = ""
    topic: ClassVar[str] = ""
    aggregate: ClassVar[str] = ""

    version: int

    @property
    def key(self) -> str:
        """What orders the events: a USCC where an enterprise is concerned, else the record's id. The Kafka key."""
        raise NotImplementedError

    @property
    def aggregate_id(self) -> str:
        """The record whose `version` this is; the key itself unless an enterprise has several such records."""
        return self.key

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.event_type:
            _register(cls)


EVENTS: dict[str, type[Event]] = {}
"""Every event class by type."""


def _register(event_class: type[Event]) -> None:
    if event_class.event_type in EVENTS:
        raise TypeError(f"two classes claim the event type {event_class.event_type}")
    EVENTS[event_class.event_type] = event_class


@dataclass(frozen=True)
class EventMeta:
    """Where an event stands in its stream and what caused it; handlers seldom need more than `occurred_at`."""

    event_id: UUID
    event_type: str
    occurred_at: datetime
    topic: str
    part: int
    epoch: int
    pseq: int
    agg_id: str
    agg_version: int
    actor: str | None = None
    correlation_id: UUID | None = None
    causation_id: UUID | None = None
