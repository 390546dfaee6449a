"""Making kafka-python's clients without leaving anything behind where the broker is away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from kafka.net.compat import KafkaNetClient

_Client = TypeVar("_Client")


def connect(make: Callable[..., _Client], options: dict[str, Any]) -> _Client:
    """Make a client; where its first connection fails, close the network thread it has started already.

    kafka-python does not: a broker that is away for an hour would cost a thousand threads.
    """
    started: list[KafkaNetClient] = []

    def start(**configs: Any) -> KafkaNetClient:
        started.append(KafkaNetClient(**configs))
        return started[-1]

    try:
        return make(**options, kafka_client=start)
    except BaseException:
        for client in started:
            client.close()
        raise
