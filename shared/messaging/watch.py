"""The watch on the broker's identity: one look a second for relay and consumer together, on a thread of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from shared.messaging.admin import BrokerAdmin
from shared.messaging.config import BrokerConfig
from shared.messaging.topics import TopicSpec
from shared.outbox.upkeep import TopicIdentity

LOOK_SECONDS = 1.0


class BrokerWatch:
    """Knows which incarnation of each of our topics the broker holds, and creates what is missing."""

    def __init__(self, config: BrokerConfig, topics: Sequence[TopicSpec], *, client_id: str) -> None:
        self._topics = topics
        self._admin = BrokerAdmin(config, client_id=client_id)
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="broker-watch")
        self._lock = asyncio.Lock()
        self._identities: Mapping[str, TopicIdentity] = {}
        self._looked_at = -LOOK_SECONDS

    async def identities(self) -> Mapping[str, TopicIdentity]:
        """Return the topics' identities, at most a second old; raises BrokerAway."""
        async with self._lock:
            if time.monotonic() - self._looked_at >= LOOK_SECONDS:
                loop = asyncio.get_running_loop()
                self._identities = await loop.run_in_executor(self._executor, self._admin.look, self._topics)
                self._looked_at = time.monotonic()
            return self._identities

    def doubt(self) -> None:
        """Something failed: the next question is answered by a new look."""
        self._looked_at = -LOOK_SECONDS

    async def close(self) -> None:
        """Close the connection and the thread."""
        await asyncio.get_running_loop().run_in_executor(self._executor, self._admin.close)
        self._executor.shutdown(wait=False)
