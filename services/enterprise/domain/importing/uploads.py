"""What may be uploaded: CSV text, or an XLSX workbook that is neither a bomb nor a programme."""

from __future__ import annotations

import codecs
import re
import zipfile
import zlib
from collections.abc import Iterator
from enum import StrEnum
from io import BytesIO

from services.enterprise.domain.errors import FileRefused

MAX_FILE_BYTES = 67_108_864
MAX_ENTRIES = 200
MAX_ENTRY_BYTES = 157_286_400
MAX_TOTAL_BYTES = 209_715_200
MAX_RATIO = 100
SMALL_BYTES = 1_048_576
"""Below this an entry's ratio says nothing: styles full of repetitions compress a hundredfold."""
MAX_SHEET_CELLS = 10_000_000
"""A reader lays a sheet out from its first to its last cell: one cell in the last corner would fill the memory."""

_OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")
_PROGRAMMES = re.compile(r"vbaProject|macrosheets|activeX|\.bin$|embeddings/", re.IGNORECASE)
_HARMLESS = re.compile(r"printerSettings\d*\.bin$")
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_CELL = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"')
_PIECE = 1_048_576
_ENCODINGS = ("utf-8-sig", "gb18030")
_OVERLAP = 32


class FileFormat(StrEnum):
    """How the rows are written."""

    CSV = "csv"
    XLSX = "xlsx"


def check_upload(content: bytes) -> FileFormat:
    """Return the file's format by its content; raises FileRefused on what cannot or must not be read."""
    if not content:
        raise FileRefused("文件是空的")
    if content.startswith(_OLD_OFFICE):
        raise FileRefused("这是旧版 .xls 或加密的工作簿,请另存为不加密的 .xlsx 或 .csv")
    if content.startswith(b"PK\x03\x04"):
        _check_workbook(content)
        return FileFormat.XLSX
    if find_encoding(content) is None:
        raise FileRefused("既不是 .xlsx 工作簿,也不是 UTF-8 或 GBK 编码的 .csv 文本")
    return FileFormat.CSV


def find_encoding(content: bytes) -> str | None:
    """Return the encoding of a CSV file (UTF-8 with or without mark, else GBK), None where it is neither."""
    if b"\x00" in content:
        return None
    return next((encoding for encoding in _ENCODINGS if _is_text(content, encoding)), None)


def _is_text(content: bytes, encoding: str) -> bool:
    """Try the whole content piece by piece, so that it is never held twice."""
    decoder = codecs.getincrementaldecoder(encoding)()
    view = memoryview(content)
    try:
        for start in range(0, len(content), _PIECE):
            decoder.decode(view[start : start + _PIECE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _check_workbook(content: bytes) -> None:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
            _check_entries(entries, len(content))
            for entry in entries:
                _check_content(archive, entry)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise FileRefused("工作簿已损坏或被加密,不能读取") from error


def _check_entries(entries: list[zipfile.ZipInfo], packed_bytes: int) -> None:
    names = [entry.filename for entry in entries]
    if "xl/workbook.xml" not in names:
        raise FileRefused("这不是 .xlsx 工作簿")
    if len(entries) > MAX_ENTRIES or len(set(names)) < len(names):
        raise FileRefused(f"工作簿里的部件过多(最多{MAX_ENTRIES}个)或重复")
    if any(_PROGRAMMES.search(name) and not _HARMLESS.search(name) for name in names):
        raise FileRefused("工作簿含有宏或嵌入对象,请另存为不带宏的 .xlsx")
    if any(entry.file_size > MAX_ENTRY_BYTES for entry in entries) or (
        sum(entry.file_size for entry in entries) > MAX_TOTAL_BYTES
    ):
        raise FileRefused("工作簿展开后过大,请分成几个文件")
    for entry in entries:
        if entry.file_size > max(SMALL_BYTES, MAX_RATIO * max(entry.compress_size, 1)):
            raise FileRefused("工作簿的压缩比异常,不能读取")


def _check_content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Unpack an entry piece by piece: one that is larger than it says fails its checksum here, not in the reader."""
    is_sheet = _SHEET.fullmatch(entry.filename) is not None
    last_row, last_column = 0, 0
    for piece in _pieces(archive, entry):
        if not is_sheet:
            continue
        for column, row in _CELL.findall(piece):
            last_row, last_column = max(last_row, int(row)), max(last_column, _column_number(column))
        if last_row * last_column > MAX_SHEET_CELLS:
            raise FileRefused("工作表的范围过大:请删除末尾多余的空行和空列后再上传")


def _pieces(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield an entry's content in pieces that overlap, so that no cell's address is cut."""
    tail = b""
    with archive.open(entry) as stream:
        while piece := stream.read(_PIECE):
            yield tail + piece
            tail = piece[-_OVERLAP:]


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
