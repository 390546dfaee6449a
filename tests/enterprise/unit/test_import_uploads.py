"""What may be uploaded, and what must not be read."""

from __future__ import annotations

import pytest

from services.enterprise.domain.errors import FileRefused
from services.enterprise.domain.importing.uploads import FileFormat, check_upload
from tests.enterprise.files import csv_bytes, hostile_workbooks, row, xlsx_bytes

ROWS = [row("91530921219520246C")]
HOSTILE = dict(hostile_workbooks())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_csv_of_every_usual_encoding_is_taken(encoding: str) -> None:
    assert check_upload(csv_bytes(ROWS, encoding=encoding)) is FileFormat.CSV


def test_a_workbook_is_taken() -> None:
    assert check_upload(xlsx_bytes(ROWS)) is FileFormat.XLSX


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_or_broken_file_is_refused_in_words(name: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        check_upload(HOSTILE[name])
    assert refusal.value.detail
