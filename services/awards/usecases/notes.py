"""What a person says when taking a step."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Note:
    """A remark, the reason where the step needs one, and the document it rests on."""

    comment: str | None = None
    reason: str | None = None
    document_number: str | None = None
