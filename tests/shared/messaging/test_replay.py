"""Asking a producer to send again: as often as needed, never in the way, with our own credentials."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest
import respx

from shared.inbox.dispatch import Stream
from shared.messaging import replay
from shared.messaging.replay import HttpReplayRequester, ReplayDesk
from shared.messaging.topics import TopicSpec

STREAM = Stream("tidu-enterprise-enterprise", 2)
TOPICS = {STREAM.topic: TopicSpec(STREAM.topic, "enterprise", ("pipeline",))}
TOKEN_URL, REPLAY_URL = "http://issuer/auth/token", "http://enterprise/internal/replay"


class Producer:
    """Remembers what it was asked for, and may be out of order."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int, int]] = []
        self.is_away = False

    async def __call__(self, topic: str, part: int, from_pseq: int) -> None:
        self.asked.append((topic, part, from_pseq))
        if self.is_away:
            raise httpx.ConnectError("away")


async def ask(desk: ReplayDesk) -> None:
    desk.ask()
    await asyncio.sleep(0)
    await asyncio.sleep(0)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, to be set by the test."""
    present = [1000.0]
    monkeypatch.setattr(replay.time, "monotonic", lambda: present[0])
    return present


async def test_a_wish_is_asked_at_once_and_repeated_every_two_seconds(now: list[float]) -> None:
    producer = Producer()
    desk = ReplayDesk(producer)
    desk.wish(STREAM, 5)
    for _ in range(50):
        await ask(desk)
        now[0] += 0.1
    assert producer.asked == [(*STREAM, 5)] * 3


async def test_progress_postpones_the_next_request_and_asks_for_less(now: list[float]) -> None:
    producer = Producer()
    desk = ReplayDesk(producer)
    desk.wish(STREAM, 5)
    await ask(desk)
    now[0] += 1.9
    desk.advance(STREAM, 8)
    now[0] += 0.2
    await ask(desk)
    now[0] += 2
    await ask(desk)
    assert producer.asked == [(*STREAM, 5), (*STREAM, 8)]


async def test_nothing_is_asked_when_the_gap_is_closed_or_was_never_there(now: list[float]) -> None:
    producer = Producer()
    desk = ReplayDesk(producer)
    desk.advance(STREAM, 5)
    desk.wish(STREAM, 5)
    desk.forget(STREAM)
    await ask(desk)
    assert producer.asked == []


async def test_a_producer_that_is_away_is_asked_again(now: list[float]) -> None:
    producer = Producer()
    producer.is_away = True
    desk = ReplayDesk(producer)
    desk.wish(STREAM, 5)
    await ask(desk)
    now[0] += 2
    await ask(desk)
    assert len(producer.asked) == 2


async def test_a_slow_producer_is_not_asked_twice_at_the_same_time(now: list[float]) -> None:
    started: list[int] = []

    async def slow(topic: str, part: int, from_pseq: int) -> None:
        started.append(part)
        await asyncio.Event().wait()

    desk = ReplayDesk(slow)
    desk.wish(STREAM, 5)
    for _ in range(3):
        await ask(desk)
        now[0] += 5
    await desk.close()
    assert started == [2]


@pytest.fixture
async def requester() -> HttpReplayRequester:
    return HttpReplayRequester(
        topics=TOPICS,
        peer_urls={"enterprise": "http://enterprise/"},
        token_url=TOKEN_URL,
        client_id="pipeline",
        client_secret="secret",
    )


@respx.mock
async def test_the_producer_is_asked_with_our_own_token_which_is_fetched_once(requester: HttpReplayRequester) -> None:
    tokens = respx.post(TOKEN_URL).respond(json={"access_token": "abc", "expires_in": 300})
    replays = respx.post(REPLAY_URL).respond(202, json={"state": "accepted"})
    await requester(*STREAM, 7)
    await requester(*STREAM, 8)
    assert tokens.call_count == 1
    assert b"grant_type=client_credentials&client_id=pipeline&client_secret=secret" in tokens.calls[0].request.content
    request = replays.calls[0].request
    assert request.headers["authorization"] == "Bearer abc"
    assert json.loads(request.content) == {"topic": STREAM.topic, "part": 2, "from_pseq": 7}


@respx.mock
async def test_a_refused_token_is_fetched_anew_the_next_time(requester: HttpReplayRequester) -> None:
    tokens = respx.post(TOKEN_URL).respond(json={"access_token": "abc", "expires_in": 300})
    respx.post(REPLAY_URL).mock(side_effect=[httpx.Response(401), httpx.Response(202, json={})])
    with pytest.raises(httpx.HTTPStatusError):
        await requester(*STREAM, 7)
    await requester(*STREAM, 7)
    assert tokens.call_count == 2
