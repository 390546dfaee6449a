"""Many rows in one statement: handed over as one JSON document, unfolded by jsonb_to_recordset."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic_core import to_json


def as_document(rows: Sequence[Any]) -> str:
    """Write rows (dictionaries or dataclasses) as the JSON that jsonb_to_recordset reads."""
    return to_json(list(rows)).decode()
