"""What must hold of the event streams once everything is quiet, asked of the services' own databases."""

from __future__ import annotations

from shared.events.topics import topics
from tests.e2e.stack import Stack

SERVICES = ("enterprise", "pipeline", "awards", "notifications")
_SAID = "SELECT event_id::text FROM outbox WHERE topic = '{topic}'"
_HEARD = "SELECT event_id::text FROM inbox_event WHERE topic = '{topic}'"
_HOLES = (
    "SELECT agg_type, agg_id FROM outbox GROUP BY agg_type, agg_id"
    " HAVING count(*) <> max(agg_version) - min(agg_version) + 1"
)
_WAITING = (
    "SELECT (SELECT count(*) FROM outbox WHERE pseq IS NULL)"
    " + (SELECT coalesce(sum(stamped - sent), 0) FROM stream_head)"
)


def is_quiet(stack: Stack) -> bool:
    """Tell whether every event was stamped, sent and heard by all who should."""
    if any(stack.query(service, _WAITING) != [(0,)] for service in SERVICES):
        return False
    return not list_differences(stack)


def list_differences(stack: Stack) -> list[str]:
    """Name every event that was said and not heard, or heard and never said."""
    found = []
    for topic in topics().values():
        said = {row[0] for row in stack.query(topic.producer, _SAID.format(topic=topic.name))}
        for consumer in topic.consumers:
            heard = {row[0] for row in stack.query(consumer, _HEARD.format(topic=topic.name))}
            if said != heard:
                found.append(f"{consumer} on {topic.name}: {len(said - heard)} missing, {len(heard - said)} phantom")
    return found


def check_streams(stack: Stack) -> None:
    """Assert that nothing was lost, doubled, parked or left with a hole in its versions."""
    assert list_differences(stack) == []
    for service in SERVICES:
        assert stack.query(service, "SELECT count(*) FROM parked_event") == [(0,)]
        assert stack.query(service, _HOLES) == []
        assert stack.query(service, "SELECT count(*) FROM inbox_head WHERE stopped_reason IS NOT NULL") == [(0,)]
