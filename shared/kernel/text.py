"""Text as people type it: normal form, no control characters, no direction tricks."""

from __future__ import annotations

import re
import unicodedata

_HIDDEN = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069"
_BLANK = r"\s\u00ad\u200b-\u200f\u2060\ufeff"
_FORBIDDEN = re.compile(rf"[{_HIDDEN}\ud800-\udfff]")
_VISIBLE = re.compile(rf"[^{_HIDDEN}{_BLANK}]")
TEXT_PATTERN = f"^[^{_HIDDEN}]*[^{_HIDDEN}{_BLANK}][^{_HIDDEN}]*$"
"""The same rule as published to clients: at least one visible character, none that is forbidden."""


def clean_text(text: str) -> str:
    """Return the text in NFC without surrounding blanks; raises ValueError on control or bidi override characters."""
    if _FORBIDDEN.search(text):
        raise ValueError("含有不可见的控制字符")
    return unicodedata.normalize("NFC", text).strip()


def is_blank(text: str) -> bool:
    """Tell whether the text shows nothing: blanks and characters of no width only."""
    return _VISIBLE.search(text) is None
