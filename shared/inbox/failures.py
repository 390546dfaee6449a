"""Which errors pass by themselves, and how an error is described without the data that caused it."""

from __future__ import annotations

import traceback
from pathlib import Path

import psycopg
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.kernel.errors import DomainError

_PASSING_CLASSES = ("08", "53", "57")
"""Connection trouble, lack of resources, operator intervention (shutdown, cancelled statement)."""

_PASSING_STATES = frozenset({"40001", "40P01", "55P03", "25P03"})
"""Serialization failure, deadlock, lock not available, idle transaction ended by the server."""

_STATEMENT_TOO_SLOW = "57014"
"""The statement itself ran into the time limit: it would again."""

_ROOT = Path(__file__).resolve().parents[2]


def is_passing(error: BaseException) -> bool:
    """Tell whether the same work can succeed later without anybody changing anything: retried, never parked."""
    if isinstance(error, PoolTimeout | ConnectionError | TimeoutError):
        return True
    if isinstance(error, DBAPIError):
        if error.connection_invalidated:
            return True
        state = _sqlstate(error)
        if state is None:
            return isinstance(error, OperationalError | InterfaceError)
        return state in _PASSING_STATES or (state.startswith(_PASSING_CLASSES) and state != _STATEMENT_TOO_SLOW)
    return isinstance(error, psycopg.OperationalError)


def describe(error: BaseException) -> str:
    """Say what failed and where. Messages of foreign exceptions may quote personal data, so they are left out."""
    return f"{type(error).__name__}{_particulars(error)}{_place(error)}"[:1000]


def _particulars(error: BaseException) -> str:
    if isinstance(error, ValidationError):
        wrong = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['type']}" for item in error.errors())
        return f" ({wrong})"
    if isinstance(error, DomainError):
        return f" ({error.code})"
    if isinstance(error, DBAPIError):
        diagnostic = getattr(error.orig, "diag", None)
        constraint = getattr(diagnostic, "constraint_name", None)
        return f" ({_sqlstate(error) or type(error.orig).__name__}{', ' + constraint if constraint else ''})"
    return ""


def _sqlstate(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)


def _place(error: BaseException) -> str:
    """Name the innermost line of our own code."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        if path.is_relative_to(_ROOT) and "site-packages" not in path.parts:
            return f" at {path.relative_to(_ROOT)}:{frame.lineno} in {frame.name}"
    return ""
