"""The relay's bare limit: the same records through kafka-python alone, from memory, with the same options.

`python -m deploy.bench.raw_producer BOOTSTRAP NUMBER` prints the seconds it took until all were acknowledged.
"""

from __future__ import annotations

import sys
import time

from kafka import KafkaProducer

from deploy.bench.facts import TOPIC, make_events
from shared.messaging.codec import Headers, encode
from shared.messaging.config import BrokerConfig
from shared.outbox.stamping import GENESIS, Fact, Head, stamp

RAW_TOPIC = "bench-raw"
Record = tuple[bytes, bytes, Headers, int]


def make_records(number: int, partitions: int) -> list[Record]:
    """Return keys, bodies, headers and partitions as the relay would send them."""
    when = "2026-11-20T01:02:03.000004Z"
    facts = (
        Fact(n, str(e.award.id), TOPIC, e.key, e.aggregate, e.aggregate_id, 1, e.event_type, when, "bench",
             str(e.award.id), None, e.model_dump_json().encode())
        for n, e in enumerate(make_events(number))
    )  # fmt: skip
    heads = {(TOPIC, part): Head(1, 0, GENESIS, 0) for part in range(partitions)}
    stamped, _ = stamp(facts, heads, partitions)
    return [(item.fact.key.encode(), item.fact.body, encode(item, b"/bench"), item.part) for item in stamped]


def main(bootstrap: str, number: int) -> None:
    """Send everything once and wait for the acknowledgements."""
    config = BrokerConfig(bootstrap)
    records = make_records(number, config.partitions)
    producer = KafkaProducer(**{**config.producer("bench-raw"), "allow_auto_create_topics": True})
    producer.send(RAW_TOPIC, b"{}", partition=0).get(10)
    began = time.perf_counter()
    for key, body, headers, part in records:
        producer.send(RAW_TOPIC, body, key, headers, part)
    producer.flush(60)
    print(time.perf_counter() - began)
    producer.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
