"""An event is a promise: registered, owned, exampled, its schema committed, and heard where topics.yaml says."""

from __future__ import annotations

import importlib
import json

import pytest

from shared.events import registry
from shared.events.base import EVENTS, Event
from shared.events.schemas import EXAMPLES, FOLDER, render
from shared.events.topics import topics, topics_of_consumer

TYPES = sorted(EVENTS)
SERVICES = ("enterprise", "pipeline", "awards", "notifications")


def test_every_event_stands_in_one_topic_of_its_producer() -> None:
    listed = [(event_type, topic) for topic in topics().values() for event_type in topic.events]
    assert sorted(event_type for event_type, _ in listed) == TYPES
    for event_type, topic in listed:
        assert EVENTS[event_type].topic == topic.name
        assert event_type.split(".")[0] == topic.producer


def test_topic_names_hold_neither_dots_nor_underscores() -> None:
    assert all(
        name.startswith(f"tidu-{topic.producer}-") and not set("._") & set(name) for name, topic in topics().items()
    )


@pytest.mark.parametrize("event_type", TYPES)
def test_the_committed_schema_is_the_generated_one(event_type: str) -> None:
    assert (FOLDER / f"{event_type}.json").read_text(encoding="utf-8") == render(EVENTS[event_type])


@pytest.mark.parametrize("event_type", TYPES)
def test_the_committed_example_is_read_whole(event_type: str) -> None:
    body = json.loads((EXAMPLES / f"{event_type}.json").read_text(encoding="utf-8"))
    event = EVENTS[event_type].model_validate(body)
    assert event.model_dump(mode="json") == body
    assert event.key
    assert event.aggregate_id


def test_no_schema_and_no_example_is_orphaned() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.json")) == TYPES
    assert sorted(path.stem for path in EXAMPLES.glob("*.json")) == TYPES


@pytest.mark.parametrize("event_type", TYPES)
def test_a_field_a_newer_writer_adds_does_no_harm(event_type: str) -> None:
    body = json.loads((EXAMPLES / f"{event_type}.json").read_text(encoding="utf-8"))
    EVENTS[event_type].model_validate({**body, "added_later": 1})


def test_two_classes_may_not_claim_one_type() -> None:
    with pytest.raises(TypeError):
        type("Again", (Event,), {"event_type": TYPES[0], "__annotations__": {}})


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_hears_exactly_the_topics_that_name_it(service: str) -> None:
    hears = importlib.import_module(f"services.{service}.hears").HEARS
    heard = {event_class.topic for event_class in hears}
    assert heard == set(topics_of_consumer(service))


def test_an_unknown_type_is_no_error() -> None:
    assert registry.find_event("enterprise.unheard_of.v9") is None
