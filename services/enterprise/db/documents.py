"""Rows travel to PostgreSQL as JSON documents, which json_to_recordset takes apart: one parameter, however many rows.

As arrays of texts the driver would escape them element by element, which costs more than all the rest of an import.
"""

from __future__ import annotations

from typing import Any

from pydantic_core import to_json


def json_of(value: Any) -> str:
    """Return plain values, dates, enums and dataclasses as JSON text."""
    return to_json(value).decode()
