"""One event to its handler: on behalf of what caused it, and, where asked, behind a savepoint with a few tries."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.base import EventMeta
from shared.inbox.failures import describe, is_passing
from shared.inbox.records import Arrival
from shared.inbox.routing import Heard, Router, TooNew, Unheard
from shared.telemetry.context import correlated

PAUSES_SECONDS = (0.0, 0.02, 0.05, 0.1, 0.2)
"""The tries of a failing event: one after each pause."""

TOO_NEW = "a newer major version of this event than this service can read"

# What a deferred constraint would say only at commit is asked for here, while the event can still be told apart.
_CHECK_DEFERRED = (sa.text("SET CONSTRAINTS ALL IMMEDIATE"), sa.text("SET CONSTRAINTS ALL DEFERRED"))


class Stream(NamedTuple):
    """A topic and one of its partitions."""

    topic: str
    part: int


@dataclass(frozen=True)
class Applied:
    """The event had its effect."""


@dataclass(frozen=True)
class Ignored:
    """The event concerns others; it only moves the watermark."""


@dataclass(frozen=True)
class Parked:
    """The event waits in the parking table: it failed (`error`), or it stands behind one that did (`error` None)."""

    error: str | None
    attempts: int = 0


Outcome = Applied | Ignored | Parked


async def apply_once(session: AsyncSession, router: Router, stream: Stream, event: Arrival) -> Outcome:
    """Apply one event; whatever its handler raises passes through."""
    match router.find(event.type):
        case Unheard():
            return Ignored()
        case TooNew():
            return Parked(TOO_NEW)
        case Heard(event_class, handler):
            fact = event_class.model_validate_json(event.body)
            with correlated(event.correlation_id, causation=event.event_id):
                await handler(session, fact, meta_of(stream, event))
            return Applied()


async def apply_guarded(session: AsyncSession, router: Router, stream: Stream, event: Arrival) -> Outcome:
    """Apply one event behind a savepoint; after the last failed try it is to be parked, whatever it raised.

    Errors that pass by themselves are raised: they say nothing about the event.
    """
    error = ""
    for pause in PAUSES_SECONDS:
        await asyncio.sleep(pause)
        try:
            async with session.begin_nested():
                outcome = await apply_once(session, router, stream, event)
                await session.flush()
                for statement in _CHECK_DEFERRED:
                    await session.execute(statement)
            return outcome
        except Exception as failure:
            if is_passing(failure):
                raise
            error = describe(failure)
    return Parked(error, attempts=len(PAUSES_SECONDS))


def meta_of(stream: Stream, event: Arrival) -> EventMeta:
    """Return what a handler may know about an event's place and cause."""
    return EventMeta(
        event_id=event.event_id,
        event_type=event.type,
        occurred_at=event.occurred_at,
        topic=stream.topic,
        part=stream.part,
        epoch=event.epoch,
        pseq=event.pseq,
        agg_id=event.agg_id,
        agg_version=event.agg_version,
        actor=event.actor,
        correlation_id=event.correlation_id,
        causation_id=event.causation_id,
    )
