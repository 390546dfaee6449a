"""Which errors pass by themselves, and that descriptions carry no data."""

from __future__ import annotations

import psycopg.errors
import pytest
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.inbox.failures import describe, is_passing
from shared.kernel.errors import Conflict

CANARY = "13812345678"


def wrapped(error: Exception) -> DBAPIError:
    return DBAPIError.instance("SELECT 1", {"phone": CANARY}, error, psycopg.Error)  # type: ignore[return-value]


@pytest.mark.parametrize(
    "error",
    [
        wrapped(psycopg.errors.DeadlockDetected()),
        wrapped(psycopg.errors.SerializationFailure()),
        wrapped(psycopg.errors.AdminShutdown()),
        wrapped(psycopg.errors.DiskFull()),
        wrapped(psycopg.errors.LockNotAvailable()),
        wrapped(psycopg.OperationalError("connection refused")),
        psycopg.OperationalError("server closed the connection"),
        PoolTimeout(),
        ConnectionResetError(),
        TimeoutError(),
    ],
)
def test_trouble_of_the_database_passes(error: Exception) -> None:
    assert is_passing(error)


@pytest.mark.parametrize(
    "error",
    [
        wrapped(psycopg.errors.UniqueViolation()),
        wrapped(psycopg.errors.NotNullViolation()),
        wrapped(psycopg.errors.QueryCanceled()),
        wrapped(psycopg.errors.UndefinedTable()),
        ValueError(),
        FileNotFoundError(),
        Conflict(),
    ],
)
def test_what_the_event_itself_causes_does_not_pass(error: Exception) -> None:
    assert not is_passing(error)


class Person(BaseModel):
    age: int


def test_a_description_names_kind_and_place_but_never_the_data() -> None:
    def raised(error: Exception) -> Exception:
        try:
            raise error
        except Exception as caught:
            return caught

    with pytest.raises(ValidationError) as invalid:
        Person.model_validate({"age": CANARY + "x"})
    described = [
        describe(raised(error))
        for error in (
            ValueError(f"no such phone {CANARY}"),
            invalid.value,
            Conflict(f"{CANARY} 已存在"),
            wrapped(psycopg.errors.UniqueViolation(f"Key (phone)=({CANARY}) already exists")),
            OperationalError("INSERT", {"phone": CANARY}, psycopg.OperationalError(CANARY)),
        )
    ]
    assert not [text for text in described if CANARY in text]
    assert described[0].startswith("ValueError at tests/shared/inbox/test_failures.py:")
    assert described[0].endswith(" in raised")
    assert described[1].startswith("ValidationError (age: int_parsing)")
    assert described[2].startswith("Conflict (conflict)")
    assert described[3].startswith("IntegrityError (23505)")
