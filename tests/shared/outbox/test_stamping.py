"""Stamping as a pure function: contiguous numbers, an unbroken chain, and refusals."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.outbox.errors import StampRefused
from shared.outbox.stamping import GENESIS, Fact, Head, chain_hash, partition_of, stamp

PARTITIONS = 4
HEADS = {("t", part): Head(1, 0, GENESIS, 0) for part in range(PARTITIONS)}


def fact(key: str, version: int, *, number: int = 0, **changes: Any) -> Fact:
    made = Fact(number, f"id-{key}-{version}", "t", key, "thing", key, version, "x.v1", "", None, None, None, b"{}")
    return made._replace(**changes)


@given(st.lists(st.sampled_from("abcdefghij"), max_size=60), st.integers(0, 60))
def test_numbers_are_contiguous_and_the_chain_unbroken_however_the_facts_are_cut_into_batches(
    keys: list[str], cut: int
) -> None:
    facts = [fact(key, keys[:place].count(key) + 1) for place, key in enumerate(keys)]
    first, moved = stamp(facts[:cut], HEADS, PARTITIONS)
    second, moved_later = stamp(facts[cut:], HEADS | moved, PARTITIONS)
    for part in range(PARTITIONS):
        stamped = [item for item in (*first, *second) if item.part == part]
        assert [item.pseq for item in stamped] == list(range(1, len(stamped) + 1))
        previous = GENESIS
        for item in stamped:
            assert item.prev_hash == previous
            previous = chain_hash(previous, item.fact.event_id, item.fact.body)
            assert item.hash == previous
        head = (HEADS | moved | moved_later)["t", part]
        assert (head.stamped, head.hash) == (len(stamped), previous)


def test_all_events_of_a_key_go_to_one_partition_which_never_changes() -> None:
    assert [partition_of(key, 4) for key in ("91530900MA6K3X1234", "award-17", "企业")] == [1, 3, 2]


def test_a_version_that_does_not_ascend_is_refused() -> None:
    with pytest.raises(StampRefused, match="version 1 of thing a comes after version 2"):
        stamp([fact("a", 2), fact("a", 1)], HEADS, PARTITIONS)


def test_an_event_for_a_topic_of_another_service_is_refused() -> None:
    with pytest.raises(StampRefused, match="does not own"):
        stamp([fact("a", 1, topic="other")], HEADS, PARTITIONS)


def test_what_is_hashed_ties_id_body_and_all_that_came_before() -> None:
    hashes = {
        chain_hash(GENESIS, "id", b"{}"),
        chain_hash(GENESIS, "other", b"{}"),
        chain_hash(GENESIS, "id", b"{ }"),
        chain_hash(b"\1" * 32, "id", b"{}"),
    }
    assert len(hashes) == 4
