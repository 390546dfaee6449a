"""The worker's loop: every task watched over, all of them ended by one signal."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from shared.messaging import runner
from shared.messaging.runner import run_until_signal


async def for_ever() -> None:
    await asyncio.Event().wait()


async def signal_soon(number: signal.Signals) -> None:
    await asyncio.sleep(0.05)
    os.kill(os.getpid(), number)
    await for_ever()


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "FIRST_PAUSE_SECONDS", 0.01)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_all_tasks_and_lets_them_close_what_they_hold(number: signal.Signals) -> None:
    closed: list[str] = []

    async def hold() -> None:
        try:
            await for_ever()
        finally:
            await asyncio.sleep(0)
            closed.append("held")

    await run_until_signal({"hold": hold, "signal": lambda: signal_soon(number)})
    assert closed == ["held"]


async def test_a_task_that_fails_is_started_again_while_the_others_go_on() -> None:
    starts: list[str] = []

    async def fail_twice() -> None:
        starts.append("start")
        if len(starts) < 3:
            raise ValueError
        await signal_soon(signal.SIGTERM)

    await run_until_signal({"fails": fail_twice, "other": for_ever})
    assert len(starts) == 3


async def test_a_task_that_ends_by_itself_is_not_started_again() -> None:
    starts: list[str] = []

    async def once() -> None:
        starts.append("start")

    await run_until_signal({"once": once, "signal": lambda: signal_soon(signal.SIGTERM)})
    assert starts == ["start"]
