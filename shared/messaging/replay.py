"""Asking a producer to send again: a wish per partition, repeated while the watermark stands still."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import httpx
import structlog

from shared.inbox.dispatch import Stream
from shared.messaging.topics import TopicSpec

ReplayRequester = Callable[[str, int, int], Awaitable[None]]
"""Asks the producer of a topic (first) to send a partition (second) again from a sequence number on (third)."""

REPEAT_SECONDS = 2.0
_TOKEN_MARGIN_SECONDS = 30
_log = structlog.get_logger(__name__)


@dataclass
class _Wish:
    from_pseq: int
    asked_at: float = float("-inf")


class ReplayDesk:
    """Keeps the wishes of a consumer and asks in the background, so that no partition waits for a slow producer."""

    def __init__(self, request: ReplayRequester) -> None:
        self._request = request
        self._wishes: dict[Stream, _Wish] = {}
        self._asking: dict[Stream, asyncio.Task[None]] = {}

    def wish(self, stream: Stream, from_pseq: int) -> None:
        """Want everything from `from_pseq` on."""
        self._wishes.setdefault(stream, _Wish(from_pseq))

    def advance(self, stream: Stream, from_pseq: int) -> None:
        """Less is missing than before: progress postpones the next request."""
        wish = self._wishes.get(stream)
        if wish is not None and wish.from_pseq != from_pseq:
            self._wishes[stream] = _Wish(from_pseq, time.monotonic())

    def forget(self, stream: Stream) -> None:
        """The gap is closed."""
        self._wishes.pop(stream, None)

    def ask(self) -> None:
        """Start the requests that are due."""
        now = time.monotonic()
        for stream, wish in self._wishes.items():
            if now - wish.asked_at >= REPEAT_SECONDS and stream not in self._asking:
                wish.asked_at = now
                task = asyncio.create_task(self._ask(stream, wish.from_pseq), name="replay-request")
                self._asking[stream] = task

    async def close(self) -> None:
        """Give up what is under way."""
        for task in list(self._asking.values()):
            task.cancel()
        await asyncio.gather(*self._asking.values(), return_exceptions=True)

    async def _ask(self, stream: Stream, from_pseq: int) -> None:
        try:
            await self._request(stream.topic, stream.part, from_pseq)
            _log.info("replay_requested", topic=stream.topic, part=stream.part, from_pseq=from_pseq)
        except Exception as error:
            _log.warning("replay_request_failed", topic=stream.topic, part=stream.part, problem=type(error).__name__)
        finally:
            self._asking.pop(stream, None)


class HttpReplayRequester:
    """Asks over HTTP, `POST {peer}/internal/replay`, with the service's own client credentials."""

    def __init__(
        self,
        *,
        topics: Mapping[str, TopicSpec],
        peer_urls: Mapping[str, str],
        token_url: str,
        client_id: str,
        client_secret: str,
    ) -> None:
        self._topics = topics
        self._peer_urls = peer_urls
        self._token_url = token_url
        self._credentials = {"client_id": client_id, "client_secret": client_secret}
        self._client = httpx.AsyncClient(timeout=5, follow_redirects=False)
        self._token = ""
        self._token_until = 0.0

    async def __call__(self, topic: str, part: int, from_pseq: int) -> None:
        """Ask the topic's producer; raises where it cannot be reached or refuses."""
        peer = self._peer_urls[self._topics[topic].producer].rstrip("/")
        answer = await self._client.post(
            f"{peer}/internal/replay",
            json={"topic": topic, "part": part, "from_pseq": from_pseq},
            headers={"authorization": f"Bearer {await self._access_token()}"},
        )
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            self._token_until = 0.0
        answer.raise_for_status()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _access_token(self) -> str:
        if time.monotonic() >= self._token_until:
            form = {"grant_type": "client_credentials", **self._credentials}
            answer = await self._client.post(self._token_url, data=form)
            answer.raise_for_status()
            granted = answer.json()
            self._token = str(granted["access_token"])
            lifetime = int(granted.get("expires_in", 300))
            self._token_until = time.monotonic() + max(lifetime - _TOKEN_MARGIN_SECONDS, lifetime / 2)
        return self._token
