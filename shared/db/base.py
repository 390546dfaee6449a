"""Metadata that keeps the services' tables apart, and the column types all tables share."""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

backbone_metadata = sa.MetaData(naming_convention=NAMING)
"""Tables every service's database has: outbox, inbox, audit, idempotency keys."""


def service_metadata() -> sa.MetaData:
    """Return fresh metadata for one service; SQLModel's own global metadata would mix the services."""
    return sa.MetaData(naming_convention=NAMING)


def text_enum(members: type[StrEnum]) -> sa.Enum:
    """Return a column type that stores the member's text value and gives the member back.

    SQLModel alone would make a native enum of member names, which no migration can extend safely.
    """
    return sa.Enum(members, native_enum=False, create_constraint=False, values_callable=lambda e: [m.value for m in e])
