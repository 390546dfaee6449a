"""How we speak Kafka: one set of options for every client, chosen for a broker that may lose everything at any time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kafka.errors import KafkaConfigurationError

from shared.settings import DataServiceSettings, Profile


class BrokerAway(Exception):
    """The broker cannot be reached, or is not ready yet; the same thing is tried again."""

    @classmethod
    def because(cls, error: Exception, doing: str) -> BrokerAway:
        """Say what failed while doing what; a wrong option of ours is no absence and is raised as it is."""
        if isinstance(error, KafkaConfigurationError):
            raise error
        return cls(f"{type(error).__name__} while {doing}")


@dataclass(frozen=True)
class BrokerConfig:
    """Where the broker is and how topics are laid out. `security` is handed to the clients as it is (TLS, SASL).

    With `uses_groups` the workers of a service share the partitions in a consumer group. Without, each reads all of
    them, and the locked watermark sees to it that every event has its effect once: the embedded broker may leave a
    group waiting for ever after a member has left (3 of 30 restarts), and a join takes it three seconds.
    """

    bootstrap: str
    partitions: int = 4
    replication_factor: int = 1
    session_timeout_ms: int = 6000
    uses_groups: bool = False
    security: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: DataServiceSettings) -> BrokerConfig:
        """Take the broker's part of a service's settings."""
        return cls(
            bootstrap=settings.kafka_bootstrap,
            partitions=settings.partitions,
            replication_factor=settings.replication_factor,
            session_timeout_ms=settings.kafka_session_timeout_ms,
            uses_groups=settings.profile is Profile.PRODUCTION,
        )

    def common(self, client_id: str) -> dict[str, Any]:
        """Return what all clients share."""
        return {
            "bootstrap_servers": self.bootstrap.split(","),
            "client_id": client_id,
            "bootstrap_timeout_ms": 5000,
            "request_timeout_ms": 5000,
            "reconnect_backoff_max_ms": 1000,
            **self.security,
        }

    def producer(self, client_id: str) -> dict[str, Any]:
        """Return the options of an idempotent producer whose failures show within ten seconds."""
        return {
            **self.common(client_id),
            "acks": "all",
            "enable_idempotence": True,
            "linger_ms": 5,
            "batch_size": 262_144,
            "delivery_timeout_ms": 10_000,
            "max_block_ms": 5000,
            "allow_auto_create_topics": False,
            "metrics_enabled": False,
        }

    def consumer(self, client_id: str, group: str) -> dict[str, Any]:
        """Return the options of a consumer; `earliest` is the only start that loses nothing."""
        return {
            **self.common(client_id),
            # A join may take as long as the session, and is one request.
            "request_timeout_ms": max(self.session_timeout_ms * 2, 10_000),
            "group_id": group if self.uses_groups else None,
            "enable_auto_commit": False,
            "auto_offset_reset": "earliest",
            "session_timeout_ms": self.session_timeout_ms,
            "heartbeat_interval_ms": self.session_timeout_ms // 4,
            "max_poll_records": 500,
            "enable_incremental_fetch_sessions": False,
            "metadata_max_age_ms": 5000,
            "allow_auto_create_topics": False,
            "metrics_enabled": False,
            "isolation_level": "read_committed" if self.replication_factor > 1 else "read_uncommitted",
        }
