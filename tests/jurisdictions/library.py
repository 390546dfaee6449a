"""The real packs, loaded once, and the documents' texts where they are at hand."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest

from shared.rules.packs import PackLibrary, load_library
from shared.rules.quotes import texts_by_hash

ROOT = Path(__file__).resolve().parents[2]
JURISDICTIONS = ROOT / "jurisdictions"


@cache
def library() -> PackLibrary:
    """Every pack under jurisdictions/."""
    return load_library(JURISDICTIONS)


@cache
def _texts(folder: Path) -> dict[str, str]:
    return texts_by_hash(folder)


def source_texts() -> dict[str, str]:
    """The documents' texts by hash, or a skip that says where they were looked for."""
    folder = Path(os.environ.get("TIDU_SOURCES_DIR", ROOT.parent / "shared" / "seeds"))
    if not folder.is_dir():
        pytest.skip(f"no document texts at {folder}: set TIDU_SOURCES_DIR")
    return _texts(folder)
