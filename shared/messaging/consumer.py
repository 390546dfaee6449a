"""The consumer: feeds the partitions of all topics a service hears to its inbox, one transaction a batch."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import structlog

from shared.db.engine import Database
from shared.inbox.batch import Care, FuseBlown, Position, Taken, take_batch
from shared.inbox.dispatch import Parked, Stream
from shared.inbox.failures import describe, is_passing
from shared.inbox.heads import PartitionLag, list_lag
from shared.inbox.records import Record
from shared.inbox.routing import Hears, Router
from shared.messaging.config import BrokerAway, BrokerConfig
from shared.messaging.failpoints import Failpoints
from shared.messaging.reader import Polled, RecordReader
from shared.messaging.replay import ReplayDesk, ReplayRequester
from shared.messaging.watch import BrokerWatch

TROUBLE_SECONDS = 0.5
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, FUSE_PAUSE_SECONDS = 0.1, 2.0, 30.0
COMMIT_SECONDS = 2.0
STOPPED_CHECK_SECONDS = 5.0
LONELY_SESSIONS = 5
_log = structlog.get_logger(__name__)


@dataclass
class _Place:
    """What is remembered of one assigned partition between batches; a postponed one goes on at `resumes_from`."""

    position: Position
    is_stopped: bool = False
    failures: int = 0
    resumes_at: float | None = None
    resumes_from: int = 0

    @property
    def waits(self) -> bool:
        """Whether records of the partition are left alone for now."""
        return self.is_stopped or self.resumes_at is not None


class Consumer:
    """Applies what a service hears. `run` ends only by being cancelled; everything else is tried again."""

    def __init__(
        self,
        *,
        service: str,
        database: Database,
        hears: Hears,
        topics: Collection[str],
        config: BrokerConfig,
        watch: BrokerWatch,
        request_replay: ReplayRequester,
        failpoints: Failpoints | None = None,
    ) -> None:
        self._service = service
        self._database = database
        self._router = Router(hears)
        self._topics = frozenset(topics)
        self._config = config
        self._watch = watch
        self._desk = ReplayDesk(request_replay)
        self._failpoints = failpoints or Failpoints()
        self._places: dict[Stream, _Place] = {}
        self._log_ids: dict[str, str] = {}
        self._generation = ""
        self._offsets: dict[Stream, int] = {}
        self._committed_at = self._checked_at = self._member_at = 0.0

    async def run(self) -> None:
        """Consume until cancelled; after trouble with the broker or the database with a new member of the group."""
        try:
            while True:
                try:
                    await self._consume()
                except BrokerAway as error:
                    _log.warning("consumer_waits_for_broker", service=self._service, problem=str(error))
                except Exception as error:
                    if not is_passing(error):
                        raise
                    _log.warning("consumer_waits_for_database", service=self._service, problem=describe(error))
                await asyncio.sleep(TROUBLE_SECONDS)
        finally:
            await self._desk.close()

    async def _consume(self) -> None:
        await self._watch.identities()
        reader = RecordReader(
            self._config, self._topics, group=f"tidu-{self._service}", client_id=f"tidu-{self._service}-consumer"
        )
        self._places, self._log_ids, self._generation = {}, {}, ""
        self._member_at = time.monotonic()
        try:
            await reader.open()
            while True:
                await self._notice_new_logs(reader)
                polled = await reader.poll()
                self._check_membership(polled)
                if await self._has_new_assignment(reader, polled):
                    continue
                for stream, records in polled.records.items():
                    if not self._places[stream].waits:
                        await self._take(reader, stream, records)
                self._desk.ask()
                await self._resume_postponed(reader)
                await self._resume_accepted(reader)
                await self._commit_offsets(reader)
        finally:
            await asyncio.shield(reader.close())

    async def _notice_new_logs(self, reader: RecordReader) -> None:
        """A topic or broker that is new holds other records at the same offsets: read it from the beginning."""
        identities = await self._watch.identities()
        log_ids = {topic: f"{identities[topic].cluster_id}/{identities[topic].topic_id}" for topic in self._topics}
        changed = {topic for topic, log_id in self._log_ids.items() if log_ids[topic] != log_id}
        self._log_ids = log_ids
        for stream, place in self._places.items():
            if stream.topic in changed:
                _log.warning("log_is_new", topic=stream.topic, part=stream.part)
                place.position, place.resumes_at = Position(log_ids[stream.topic]), None
                self._offsets.pop(stream, None)
                await reader.seek(stream, 0)

    async def _has_new_assignment(self, reader: RecordReader, polled: Polled) -> bool:
        """Set the positions anew where the group was dealt anew; what was polled before that does not count."""
        if polled.generation == self._generation and polled.assignment == frozenset(self._places):
            return False
        heads = await self._read_heads()
        self._places = {stream: _Place(Position(self._log_ids[stream.topic])) for stream in polled.assignment}
        self._offsets = {}
        self._generation = polled.generation
        for stream, place in self._places.items():
            head = heads.get(stream)
            is_same_log = head is not None and head.log_id == place.position.log_id
            await reader.seek(stream, head.next_offset if head is not None and is_same_log else 0)
            if head is not None and head.stopped_reason is not None:
                self._stop(stream, head.stopped_reason)
        _log.info("partitions_assigned", service=self._service, count=len(self._places))
        return True

    def _check_membership(self, polled: Polled) -> None:
        """Give up a member that the group does not take in: with a new one it does."""
        now = time.monotonic()
        if polled.is_member:
            self._member_at = now
        elif now - self._member_at > LONELY_SESSIONS * self._config.session_timeout_ms / 1000:
            raise BrokerAway("the group does not take this member in")

    async def _read_heads(self) -> Mapping[Stream, PartitionLag]:
        async with self._database.transaction() as session:
            return {Stream(head.topic, head.part): head for head in await list_lag(session, self._topics)}

    async def _take(self, reader: RecordReader, stream: Stream, records: Sequence[Record]) -> None:
        """Apply one batch; where that fails, come back to its first record later and let other partitions go on."""
        place = self._places[stream]
        try:
            taken = await self._apply(stream, records, place.position)
        except Exception as error:
            self._postpone(stream, records[0].offset, error)
            return
        place.failures = 0
        place.position = taken.position
        self._offsets[stream] = taken.plan.next_offset
        self._report(stream, taken)
        if taken.plan.stop_reason is not None:
            self._stop(stream, taken.plan.stop_reason)
        elif taken.plan.rewinds:
            await reader.seek(stream, 0)
        self._close_or_report_gap(stream, taken)

    def _close_or_report_gap(self, stream: Stream, taken: Taken) -> None:
        if taken.position.gap is None:
            self._desk.forget(stream)
            return
        missing_from = taken.plan.watermark.pseq + 1
        self._desk.advance(stream, missing_from)
        if taken.plan.wants_replay:
            self._desk.wish(stream, missing_from)

    async def _apply(self, stream: Stream, records: Sequence[Record], position: Position) -> Taken:
        """Try the whole batch at once; where an event fails, do it again with each event behind a savepoint."""
        try:
            return await self._apply_with(Care.OPTIMISTIC, stream, records, position)
        except Exception as error:
            if is_passing(error):
                raise
            _log.info("batch_is_applied_event_by_event", topic=stream.topic, part=stream.part, problem=describe(error))
        return await self._apply_with(Care.GUARDED, stream, records, position)

    async def _apply_with(self, care: Care, stream: Stream, records: Sequence[Record], position: Position) -> Taken:
        async with self._database.transaction() as session:
            taken = await take_batch(session, self._router, stream, records, position, care)
            self._failpoints.hit("consumer_applied")
        self._failpoints.hit("before_offset_commit")
        return taken

    def _postpone(self, stream: Stream, offset: int, error: Exception) -> None:
        place = self._places[stream]
        pause = min(FIRST_PAUSE_SECONDS * 2**place.failures, LONGEST_PAUSE_SECONDS)
        if isinstance(error, FuseBlown):
            pause = FUSE_PAUSE_SECONDS
            _log.critical("fuse_blown", topic=stream.topic, part=stream.part, problem=str(error))
        else:
            _log.warning("batch_postponed", topic=stream.topic, part=stream.part, problem=describe(error))
        place.failures = min(place.failures + 1, 10)
        place.resumes_at, place.resumes_from = time.monotonic() + pause, offset

    def _stop(self, stream: Stream, reason: str) -> None:
        self._places[stream].is_stopped = True
        self._desk.forget(stream)
        _log.critical("stream_stopped", topic=stream.topic, part=stream.part, reason=reason)

    async def _resume_postponed(self, reader: RecordReader) -> None:
        now = time.monotonic()
        for stream, place in self._places.items():
            if place.resumes_at is not None and place.resumes_at <= now:
                place.resumes_at = None
                await reader.seek(stream, place.resumes_from)

    async def _resume_accepted(self, reader: RecordReader) -> None:
        """Take up the streams that somebody reconciled and accepted meanwhile."""
        now = time.monotonic()
        stopped = [stream for stream, place in self._places.items() if place.is_stopped]
        if not stopped or now - self._checked_at < STOPPED_CHECK_SECONDS:
            return
        self._checked_at = now
        heads = await self._read_heads()
        for stream in stopped:
            if heads[stream].stopped_reason is None:
                place = self._places[stream]
                place.is_stopped, place.position = False, Position(place.position.log_id)
                await reader.seek(stream, heads[stream].next_offset)

    async def _commit_offsets(self, reader: RecordReader) -> None:
        if self._offsets and time.monotonic() - self._committed_at >= COMMIT_SECONDS:
            self._committed_at = time.monotonic()
            await reader.commit(self._offsets)
            self._offsets = {}

    def _report(self, stream: Stream, taken: Taken) -> None:
        for event, outcome in taken.outcomes:
            if isinstance(outcome, Parked) and outcome.error is not None:
                _log.error("event_parked", type=event.type, event_id=str(event.event_id), problem=outcome.error)
        for problem in taken.plan.strangers:
            _log.warning("foreign_record", topic=stream.topic, part=stream.part, problem=problem)
        if taken.plan.rewinds:
            _log.warning("gap_rewound", topic=stream.topic, part=stream.part, after=taken.plan.watermark.pseq)
