"""The fingerprint of a file's content: layout and comments do not change it, every value does."""

import hashlib
import json
from datetime import date
from decimal import Decimal
from typing import Any

from shared.rules.units import plain


def _canonical(value: Any) -> str:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no canonical form for {type(value)}")


def content_hash(value: Any) -> str:
    """SHA-256 over the canonical JSON of plain values, as `sha256:<hex>`."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_canonical)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
