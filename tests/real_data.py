"""The real registry data, read in place where it is there: test data only, never part of the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_DEFAULT = Path(__file__).resolve().parents[2] / "shared" / "data"


def real_data(folder: str) -> Path:
    """Return a folder of the real data, or skip the test with a clear message."""
    path = Path(os.environ.get("TIDU_REAL_DATA_DIR", _DEFAULT)) / folder
    if not path.is_dir():
        pytest.skip(f"no real data at {path}: set TIDU_REAL_DATA_DIR")
    return path
