"""Whether a quote stands in a document's text, whatever the text did to spaces and punctuation."""

import hashlib
import unicodedata
from pathlib import Path

_DOUBLE_QUOTES, _SINGLE_QUOTES, _DASHES, _INVISIBLE = "“”„", "‘’", "―—–‐−", "\u200b\ufeff"
_ALIKE = str.maketrans(
    {
        **dict.fromkeys(_DOUBLE_QUOTES, '"'),
        **dict.fromkeys(_SINGLE_QUOTES, "'"),
        **dict.fromkeys(_DASHES, "-"),
        **dict.fromkeys(_INVISIBLE, ""),
    }
)


def normalised(text: str) -> str:
    """The text without blanks, and with full-width and half-width punctuation made alike."""
    alike = unicodedata.normalize("NFKC", text).translate(_ALIKE)
    return "".join(alike.split())


def stands_in(quote: str, text: str) -> bool:
    """Whether the quote is part of the text, blanks and widths aside. An empty quote stands nowhere."""
    wanted = normalised(quote)
    return bool(wanted) and wanted in normalised(text)


def texts_by_hash(folder: Path) -> dict[str, str]:
    """The texts in a folder by the SHA-256 of their bytes, which is how sources.yaml names them."""
    found = {}
    for file in sorted(folder.glob("*.txt")):
        raw = file.read_bytes()
        found[hashlib.sha256(raw).hexdigest()] = raw.decode("utf-8")
    return found
