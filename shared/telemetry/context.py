"""The request at hand, carried beside the call stack: through HTTP, the outbox, Kafka and back into logs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

_correlation: ContextVar[UUID | None] = ContextVar("correlation_id", default=None)
_causation: ContextVar[UUID | None] = ContextVar("causation_id", default=None)


def correlation_id() -> UUID | None:
    """Return the id that everything caused by one outside request shares."""
    return _correlation.get()


def causation_id() -> UUID | None:
    """Return the id of the event being handled, None outside a handler."""
    return _causation.get()


@contextmanager
def correlated(correlation: UUID | None, *, causation: UUID | None = None) -> Iterator[None]:
    """Run a block on behalf of one request or event."""
    tokens = _correlation.set(correlation), _causation.set(causation)
    try:
        yield
    finally:
        _correlation.reset(tokens[0])
        _causation.reset(tokens[1])
