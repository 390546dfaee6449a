"""Text as people type it: normal form, no control characters, no direction tricks."""

from __future__ import annotations

import re
import unicodedata

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def clean_text(text: str) -> str:
    """Return the text in NFC without surrounding blanks; raises ValueError on control or bidi override characters."""
    if _FORBIDDEN.search(text):
        raise ValueError("含有不可见的控制字符")
    return unicodedata.normalize("NFC", text).strip()
