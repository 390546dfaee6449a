"""topics.yaml, typed: which topics exist, who writes and who reads them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict


class Topic(BaseModel):
    """One topic. Retention in days; the outbox, not the broker, is the record of what was said."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    description: str
    producer: str
    consumers: tuple[str, ...]
    retention_days: int
    events: tuple[str, ...]


@cache
def topics() -> dict[str, Topic]:
    """Return all topics by name."""
    text = (Path(__file__).parent / "topics.yaml").read_text(encoding="utf-8")
    return {name: Topic(name=name, **fields) for name, fields in yaml.safe_load(text).items()}


def topics_of_producer(service: str) -> tuple[str, ...]:
    """Return the topics a service writes."""
    return tuple(name for name, topic in topics().items() if topic.producer == service)


def topics_of_consumer(service: str) -> tuple[str, ...]:
    """Return the topics a service reads."""
    return tuple(name for name, topic in topics().items() if service in topic.consumers)
