"""Events for the relay and the consumer: the catalogue's own example, with another award each time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import psycopg

from deploy.local.config import ROOT
from shared.db import ddl
from shared.events.awards import AwardProposed
from shared.inbox import ddl as inbox_ddl
from shared.outbox import ddl as outbox_ddl
from shared.testing.codes import make_uscc

PRODUCER, CONSUMER = "awards", "notifications"
"""The services whose names, topics and roles are borrowed; neither hears its own topic."""

TOPIC = AwardProposed.topic
ENTERPRISES = 1000
_EXAMPLE = ROOT / "shared/events/examples" / f"{AwardProposed.event_type}.json"
_COLUMNS = "topic, key, agg_type, agg_id, agg_version, type, actor, correlation_id, payload"


def create_backbone(owner_url: str) -> None:
    """Give a bare database the tables every service has, and one for the light handler."""
    with psycopg.connect(owner_url) as connection:
        for create in (ddl.create_v1, outbox_ddl.create_v1, inbox_ddl.create_v1):
            create(connection.execute)
        connection.execute("CREATE TABLE bench_effect (uscc text PRIMARY KEY, version int, times int NOT NULL)")
        connection.execute("GRANT SELECT, INSERT, UPDATE ON bench_effect TO tidu_worker")


def make_events(number: int) -> Iterator[AwardProposed]:
    """Yield events of `number` awards, spread over the enterprises."""
    example = AwardProposed.model_validate_json(_EXAMPLE.read_text("utf-8"))
    usccs = [make_uscc(serial) for serial in range(min(number, ENTERPRISES))]
    for serial in range(number):
        award = example.award.model_copy(update={"id": uuid4(), "uscc": usccs[serial % len(usccs)]})
        yield example.model_copy(update={"award": award})


def append_events(connection: psycopg.Connection[Any], number: int) -> None:
    """Append events to the outbox in the caller's transaction, as one COPY."""
    with connection.cursor().copy(f"COPY outbox ({_COLUMNS}) FROM STDIN") as copy:
        for event in make_events(number):
            fact = (event.topic, event.key, event.aggregate, event.aggregate_id, event.version, event.event_type)
            copy.write_row((*fact, "bench", uuid4(), event.model_dump_json()))
