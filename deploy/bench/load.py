"""The load generator: raw HTTP/1.1 over kept-alive connections, in a process of its own.

Reads a LoadSpec as JSON on standard input and writes a LoadResult on standard output. It does as little as a client
can (no URL parsing, no header objects), so that it is not what is measured; `ceiling.py` shows how far it goes.
"""

from __future__ import annotations

import asyncio
import gc
import json
import resource
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from itertools import count
from typing import cast

import uvloop

HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length: "


@dataclass(frozen=True)
class LoadSpec:
    """What to send. `calls` are (method, target, body) and are taken in turn; with `per_second` at a fixed pace.

    `key_prefix` gives every request an Idempotency-Key of its own. Answers of the first `warm_seconds` do not count.
    """

    port: int
    calls: list[tuple[str, str, str]]
    headers: dict[str, str] = field(default_factory=dict)
    connections: int = 16
    seconds: float = 3.0
    warm_seconds: float = 0.5
    per_second: float | None = None
    key_prefix: str | None = None


@dataclass(frozen=True)
class LoadResult:
    """What came back: answers per second and their times; statuses of all answers; the generator's own CPU share."""

    per_second: float
    p50_ms: float
    p99_ms: float
    statuses: dict[str, int]
    bytes_per_answer: int
    generator_cpu: float
    sent: int
    first_body: str


class Run:
    """One run: hands out requests and collects answers."""

    def __init__(self, spec: LoadSpec) -> None:
        self.spec = spec
        common = "".join(f"{name}: {value}\r\n" for name, value in spec.headers.items())
        self._calls = [_encode(call, common) for call in spec.calls]
        self._number = count()
        self._began = time.perf_counter() + spec.warm_seconds
        self._ends = self._began + spec.seconds
        self._milliseconds: list[float] = []
        self._statuses: Counter[bytes] = Counter()
        self._bytes = 0
        self.sent = 0
        self.first_body = b""

    def next_request(self) -> bytes | None:
        """Return the next request; None when the time is over."""
        if time.perf_counter() >= self._ends:
            return None
        number = next(self._number)
        self.sent += 1
        head, body = self._calls[number % len(self._calls)]
        if self.spec.key_prefix is None:
            return head + b"\r\n" + body
        return b"%bidempotency-key: %b-%d\r\n\r\n%b" % (head, self.spec.key_prefix.encode(), number, body)

    def take(self, answer: bytes, body_start: int, sent_at: float) -> None:
        """Count one answer."""
        now = time.perf_counter()
        self._statuses[answer[9:12]] += 1
        self._bytes += len(answer)
        if not self.first_body:
            self.first_body = answer[body_start:]
        if self._began <= now <= self._ends:
            self._milliseconds.append((now - sent_at) * 1000)

    def result(self) -> LoadResult:
        """Sum up."""
        times = sorted(self._milliseconds) or [0.0]
        used = resource.getrusage(resource.RUSAGE_SELF)
        elapsed = self.spec.seconds + self.spec.warm_seconds
        return LoadResult(
            per_second=len(self._milliseconds) / self.spec.seconds,
            p50_ms=times[len(times) // 2],
            p99_ms=times[min(len(times) - 1, int(len(times) * 0.99))],
            statuses={status.decode(): number for status, number in self._statuses.items()},
            bytes_per_answer=self._bytes // max(sum(self._statuses.values()), 1),
            generator_cpu=(used.ru_utime + used.ru_stime) / elapsed,
            sent=self.sent,
            first_body=self.first_body.decode("utf-8", "replace")[:2000],
        )


class Connection(asyncio.Protocol):
    """One client: sends, waits for the whole answer, sends the next."""

    def __init__(self, run: Run, ended: asyncio.Future[None], slot: int) -> None:
        self._run = run
        self._ended = ended
        self._buffer = b""
        self._sent_at = 0.0
        pace = run.spec.per_second
        self._interval = run.spec.connections / pace if pace else 0.0
        self._due = time.perf_counter() + (slot / pace if pace else 0.0)
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request."""
        self._transport = cast(asyncio.Transport, transport)
        self._schedule()

    def data_received(self, data: bytes) -> None:
        """Collect until the answer is whole."""
        self._buffer = self._buffer + data if self._buffer else data
        end = self._buffer.find(HEAD_END)
        if end < 0:
            return
        at = self._buffer.find(LENGTH, 0, end)
        length = int(self._buffer[at + len(LENGTH) : self._buffer.index(b"\r", at)]) if at >= 0 else 0
        if len(self._buffer) >= end + len(HEAD_END) + length:
            answer, self._buffer = self._buffer, b""
            self._run.take(answer, end + len(HEAD_END), self._sent_at)
            self._schedule()

    def connection_lost(self, exc: Exception | None) -> None:
        """The server hung up, or we are done."""
        if not self._ended.done():
            self._ended.set_result(None)

    def _schedule(self) -> None:
        """Send now, or at this connection's next turn where the pace is fixed."""
        wait = self._due - time.perf_counter()
        self._due += self._interval
        if self._interval and wait > 0:
            asyncio.get_running_loop().call_later(wait, self._send)
        else:
            self._send()

    def _send(self) -> None:
        request = self._run.next_request()
        if self._transport is None or request is None:
            self.connection_lost(None)
            return
        self._sent_at = time.perf_counter()
        self._transport.write(request)


def _encode(call: tuple[str, str, str], common: str) -> tuple[bytes, bytes]:
    method, target, text = call
    body = text.encode()
    about_body = f"content-type: application/json\r\ncontent-length: {len(body)}\r\n" if body else ""
    return f"{method} {target} HTTP/1.1\r\nhost: bench\r\n{common}{about_body}".encode(), body


async def generate(spec: LoadSpec) -> LoadResult:
    """Run the connections side by side until the time is over."""
    loop = asyncio.get_running_loop()
    run = Run(spec)
    ended = [loop.create_future() for _ in range(spec.connections)]
    for slot, future in enumerate(ended):
        await loop.create_connection(lambda f=future, s=slot: Connection(run, f, s), "127.0.0.1", spec.port)  # type: ignore[misc]
    await asyncio.gather(*ended)
    return run.result()


def main() -> None:
    """Read the spec, run, write the result."""
    spec = LoadSpec(**json.load(sys.stdin))
    gc.disable()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        json.dump(asdict(runner.run(generate(spec))), sys.stdout)


if __name__ == "__main__":
    main()
