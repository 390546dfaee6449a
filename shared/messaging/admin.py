"""The broker's identity and its topics, asked and created over one administrative connection. Blocking calls."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError, TopicAlreadyExistsError

from shared.messaging.config import BrokerAway, BrokerConfig
from shared.messaging.connecting import connect
from shared.messaging.topics import TopicSpec
from shared.outbox.upkeep import TopicIdentity

_NO_ID = "00000000-0000-0000-0000-000000000000"


class BrokerAdmin:
    """Looks at topics and creates those that are missing; after any error the connection is made anew."""

    def __init__(self, config: BrokerConfig, *, client_id: str = "tidu-admin") -> None:
        self._config = config
        self._client_id = client_id
        self._client: KafkaAdminClient | None = None

    def look(self, topics: Sequence[TopicSpec]) -> dict[str, TopicIdentity]:
        """Return which incarnation of each topic the broker holds now; missing ones are created first."""
        try:
            found = self._describe()
            missing = [topic for topic in topics if topic.name not in found]
            if missing:
                self._create(missing)
                found = self._describe()
        except (KafkaError, OSError, ValueError) as error:
            self.close()
            raise BrokerAway.because(error, "looking at the topics") from error
        if still_missing := [topic.name for topic in topics if topic.name not in found]:
            raise BrokerAway(f"topics without leaders: {still_missing}")
        return {topic.name: found[topic.name] for topic in topics}

    def close(self) -> None:
        """Close the connection; the next look opens a new one."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(KafkaError, OSError):
                client.close()

    def _connected(self) -> KafkaAdminClient:
        if self._client is None:
            self._client = connect(KafkaAdminClient, self._config.common(self._client_id))
        return self._client

    def _describe(self) -> dict[str, TopicIdentity]:
        """Ask for all topics: asking by name makes the embedded broker create what it does not know."""
        client = self._connected()
        cluster_id = str(client.describe_cluster()["cluster_id"])
        return {
            topic["name"]: TopicIdentity(cluster_id, str(topic["topic_id"] or _NO_ID), len(topic["partitions"]))
            for topic in client.describe_topics(None)
            if _is_usable(topic)
        }

    def _create(self, topics: Sequence[TopicSpec]) -> None:
        wanted = {topic.name: self._layout(topic) for topic in topics}
        with suppress(TopicAlreadyExistsError):
            self._connected().create_topics(wanted, timeout_ms=5000)
        self._connected().wait_for_topics(list(wanted), timeout_ms=5000)

    def _layout(self, topic: TopicSpec) -> dict[str, Any]:
        replicas = self._config.replication_factor
        configs = {"retention.ms": str(topic.retention_ms), "cleanup.policy": "delete"}
        if replicas > 1:
            configs["min.insync.replicas"] = "2"
        return {"num_partitions": self._config.partitions, "replication_factor": replicas, "configs": configs}


def _is_usable(topic: dict[str, Any]) -> bool:
    return topic["error_code"] == 0 and all(part["leader_id"] >= 0 for part in topic["partitions"])
