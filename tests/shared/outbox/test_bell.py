"""The bell: rings after commits only, once for many, and again after the database was away."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from shared.outbox.upkeep import CHANNEL
from tests.shared.harness import Harness


async def rings(connection: psycopg.AsyncConnection[object], *, seconds: float) -> int:
    return len([notify async for notify in connection.notifies(timeout=seconds)])


async def listening(harness: Harness) -> psycopg.AsyncConnection[object]:
    connection = await psycopg.AsyncConnection.connect(harness.urls.worker_url, autocommit=True)
    await connection.execute(f"LISTEN {CHANNEL}")
    return connection


async def test_a_commit_with_news_rings_and_one_without_does_not(harness: Harness) -> None:
    async with await listening(harness) as connection:
        async with harness.app.transaction() as session:
            await session.connection()
        assert await rings(connection, seconds=0.3) == 0
        await harness.say("a")
        assert await rings(connection, seconds=1) == 1


async def test_a_transaction_that_is_undone_does_not_ring(harness: Harness) -> None:
    async with await listening(harness) as connection:
        harness.versions["a"] = -1
        with pytest.raises(Exception, match="agg_version"):
            await harness.say("a")
        assert await rings(connection, seconds=0.3) == 0


async def test_many_commits_at_once_need_few_rings(harness: Harness) -> None:
    async with await listening(harness) as connection:
        await asyncio.gather(*(harness.say(f"k{number}") for number in range(50)))
        assert 1 <= await rings(connection, seconds=1) < 50


async def test_the_bell_rings_again_after_its_connection_was_lost(harness: Harness) -> None:
    async with await listening(harness) as connection:
        await harness.say("a")
        assert await rings(connection, seconds=1) == 1
        with psycopg.connect(harness.urls.admin_url, autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = %s", (f"NOTIFY {CHANNEL}",)
            )
        for _ in range(30):
            await harness.say("a")
            if await rings(connection, seconds=0.3):
                return
    raise AssertionError("the bell fell silent")
