"""What a service does with an event type: its handler, nothing, or parking what is too new to read."""

from __future__ import annotations

from shared.inbox.routing import Heard, Router, TooNew, Unheard, split_type
from tests.shared.harness import probe_event, write_effect

HAPPENED = probe_event("tidu-probe-thing")
ROUTER = Router({HAPPENED: write_effect})


def test_an_event_with_a_handler_is_heard() -> None:
    assert ROUTER.find("probe.happened.v1") == Heard(HAPPENED, write_effect)


def test_an_event_of_an_unknown_type_concerns_others() -> None:
    assert ROUTER.find("probe.vanished.v1") == Unheard()
    assert ROUTER.find("without a version") == Unheard()


def test_a_newer_major_version_of_what_is_heard_is_too_new() -> None:
    assert ROUTER.find("probe.happened.v2") == TooNew()
    assert ROUTER.find("probe.vanished.v2") == Unheard()


def test_a_type_splits_into_fact_and_major_version() -> None:
    assert split_type("enterprise.updated.v12") == ("enterprise.updated", 12)
    assert split_type("enterprise.updated") == ("enterprise.updated", 0)
    assert split_type("enterprise.updated.vx") == ("enterprise.updated.vx", 0)
