"""The bell: tells the relay that a transaction with news was committed. NOTIFY on a connection of its own.

Never inside the writing transaction: its commit-time lock would let sixteen writers fall to a quarter of their speed.
A lost ring costs nothing but time, the relay polls besides.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

import psycopg
import structlog

from shared.outbox.upkeep import CHANNEL

_PAUSE_SECONDS = 0.01
_RECONNECT_SECONDS = 1.0
_log = structlog.get_logger(__name__)


class Bell:
    """Rings once for any number of commits that come while a ring is under way."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._wanted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def ring(self) -> None:
        """Ask for a ring; returns at once. Give this to Database.after_announcement."""
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run(), name="outbox-bell")
        self._wanted.set()

    async def close(self) -> None:
        """Stop ringing and close the connection."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _run(self) -> None:
        while True:
            try:
                await self._ring_on_demand()
            except psycopg.Error as error:
                _log.warning("outbox_bell_disconnected", problem=type(error).__name__)
                await asyncio.sleep(_RECONNECT_SECONDS)

    async def _ring_on_demand(self) -> None:
        async with await psycopg.AsyncConnection.connect(self._url, autocommit=True, connect_timeout=5) as connection:
            while True:
                await self._wanted.wait()
                self._wanted.clear()
                await connection.execute(f"NOTIFY {CHANNEL}")
                await asyncio.sleep(_PAUSE_SECONDS)
