"""Is the service fit to work, and how far is the news: from PostgreSQL's own records, never from the broker."""

from __future__ import annotations

import sqlalchemy as sa
from prometheus_client import Gauge

from shared.db.engine import Database
from shared.db.migrate import head
from shared.inbox.heads import list_lag
from shared.inbox.parking import count_parked
from shared.kernel.errors import Unavailable
from shared.kernel.roles import SYSTEM
from shared.outbox.replay import list_backlog, list_heads

_VERSION = sa.text("SELECT version_num FROM alembic_version")
_RELAY_AGE = sa.text("SELECT extract(epoch FROM clock_timestamp() - max(beat_at))::float8 FROM relay_heartbeat")

_UNSTAMPED = Gauge("tidu_outbox_unstamped_events", "Committed events no relay has stamped yet", ("topic",))
_UNSENT = Gauge("tidu_outbox_unsent_events", "Stamped events the broker has not acknowledged", ("topic",))
_LAG = Gauge("tidu_inbox_lag_events", "Events known to exist whose effect is still to come", ("topic",))
_STOPPED = Gauge("tidu_inbox_stopped_partitions", "Partitions stopped by an epoch or chain mismatch", ("topic",))
_PARKED = Gauge("tidu_inbox_parked_events", "Events set aside until a person retries or skips them")
_RELAY = Gauge("tidu_relay_heartbeat_age_seconds", "Seconds since the relay last showed a sign of life")


class Health:
    """The probes of one service, handed to create_app."""

    def __init__(self, service: str, database: Database) -> None:
        self._service = service
        self._database = database

    async def ready(self) -> dict[str, str]:
        """Return what is worth showing; raises Unavailable where the schema is not the one this code needs."""
        async with self._database.transaction(SYSTEM, writes=False) as session:
            version = await session.scalar(_VERSION)
            if version != (wanted := head(self._service)):
                raise Unavailable(f"数据库结构是 {version},程序需要 {wanted}:请先运行 migrate")
            unsent = sum(h.stamped - h.sent for h in await list_heads(session))
            unstamped = sum(b.count for b in await list_backlog(session))
            lag = sum(partition.lag for partition in await list_lag(session))
            return {
                "service": self._service,
                "schema": str(version),
                "outbox_waiting": str(unsent + unstamped),
                "inbox_lag": str(lag),
                "parked": str(await count_parked(session)),
            }

    async def refresh_metrics(self) -> dict[str, str]:
        """Bring the gauges up to date before they are read."""
        async with self._database.transaction(SYSTEM, writes=False) as session:
            _set_by_topic(_UNSENT, [(h.topic, h.stamped - h.sent) for h in await list_heads(session)])
            _set_by_topic(_UNSTAMPED, [(b.topic, b.count) for b in await list_backlog(session)])
            lags = await list_lag(session)
            _set_by_topic(_LAG, [(p.topic, p.lag) for p in lags])
            _set_by_topic(_STOPPED, [(p.topic, int(p.stopped_reason is not None)) for p in lags])
            _PARKED.set(await count_parked(session))
            _RELAY.set(await session.scalar(_RELAY_AGE) or 0)
        return {}


def _set_by_topic(gauge: Gauge, counts: list[tuple[str, int]]) -> None:
    totals: dict[str, int] = {}
    for topic, count in counts:
        totals[topic] = totals.get(topic, 0) + count
    gauge.clear()
    for topic, total in totals.items():
        gauge.labels(topic).set(total)
