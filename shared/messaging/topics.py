"""Topics from one file, shared/events/topics.yaml. `python -m shared.messaging.topics BOOTSTRAP` creates them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

import shared.events

_FILE = Path(shared.events.__file__).with_name("topics.yaml")
_DAY_MS = 86_400_000


@dataclass(frozen=True)
class TopicSpec:
    """A topic: who writes it, who reads it, how long the broker keeps what was read."""

    name: str
    producer: str
    consumers: tuple[str, ...]
    retention_days: int = 30

    @property
    def retention_ms(self) -> int:
        """The retention as Kafka wants it."""
        return self.retention_days * _DAY_MS


def load_topics(path: Path = _FILE) -> tuple[TopicSpec, ...]:
    """Read the topics of the whole system."""
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tuple(
        TopicSpec(name, entry["producer"], tuple(entry["consumers"]), entry["retention_days"])
        for name, entry in entries.items()
    )


def owned_by(topics: Sequence[TopicSpec], service: str) -> tuple[TopicSpec, ...]:
    """Return the topics a service writes."""
    return tuple(topic for topic in topics if topic.producer == service)


def heard_by(topics: Sequence[TopicSpec], service: str) -> tuple[TopicSpec, ...]:
    """Return the topics a service reads."""
    return tuple(topic for topic in topics if service in topic.consumers)


def main() -> None:
    """Create every topic of the file that the broker lacks."""
    from shared.messaging.admin import BrokerAdmin
    from shared.messaging.config import BrokerConfig

    replication_factor = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    admin = BrokerAdmin(BrokerConfig(sys.argv[1], replication_factor=replication_factor))
    admin.look(load_topics())
    admin.close()


if __name__ == "__main__":
    main()
