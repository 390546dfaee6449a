"""Sees a worker whose process runs but whose relay shows no sign of life, which no process table tells."""

from collections.abc import Callable

import psycopg

from deploy.local.units import Watched

LOOK_SECONDS = 5.0
SILENT_SECONDS = 15.0
SETTLING_SECONDS = 30.0  # a worker just started first has to connect and to become the leader

_AGE = "SELECT extract(epoch FROM clock_timestamp() - max(beat_at))::float8 FROM relay_heartbeat"


class RelayWatch:
    """Kills a worker whose relay was silent too long; the supervisor starts it again like any that died."""

    def __init__(self, database_url: str, worker: Watched, say: Callable[[str], None]) -> None:
        self._database_url = database_url
        self._worker = worker
        self._say = say
        self._looked_at = 0.0

    def tend(self, now: float) -> None:
        """Look now and then."""
        if now - self._looked_at < LOOK_SECONDS or self._worker.alive_seconds(now) < SETTLING_SECONDS:
            return
        self._looked_at = now
        age = self._beat_age()
        if age is not None and age > SILENT_SECONDS:
            self._say(f"{self._worker.name} 的转发已 {age:.0f} 秒没有动静, 强行结束")
            self._worker.unit.kill()

    def _beat_age(self) -> float | None:
        """Seconds since the last beat; None when the database does not tell, which is another unit's trouble."""
        try:
            with psycopg.connect(self._database_url, connect_timeout=2, options="-c statement_timeout=1000") as link:
                row = link.execute(_AGE).fetchone()
        except psycopg.Error:
            return None
        return row[0] if row else None
