"""Lists of enterprises as files, for import tests."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

import xlsxwriter

HEADINGS = ("统一社会信用代码", "企业名称", "成立日期", "注册资本(万元)", "地址", "经营范围")


def row(uscc: str, **fields: Any) -> list[Any]:
    """A good row under HEADINGS, with some cells of one's own."""
    named = {
        "uscc": uscc,
        "name": f"导入示例{uscc[-6:]}有限公司",
        "registered_on": "2019年4月1日",
        "capital": "500",
        "address": "云南省临沧市云县爱华镇",
        "scope": "软件开发",
        **fields,
    }
    return list(named.values())


def csv_bytes(rows: Sequence[Sequence[Any]], headings: Sequence[str] = HEADINGS, encoding: str = "utf-8") -> bytes:
    """A CSV file."""
    lines = [",".join(f'"{cell}"' for cell in cells) for cells in (headings, *rows)]
    return "\r\n".join(lines).encode(encoding)


def xlsx_bytes(rows: Sequence[Sequence[Any]], headings: Sequence[str] = HEADINGS) -> bytes:
    """A workbook."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, cells in enumerate((headings, *rows)):
            for position, cell in enumerate(cells):
                sheet.write(number, position, cell)
    return buffer.getvalue()


def hostile_workbooks() -> Iterator[tuple[str, bytes]]:
    """Workbooks that must not be read, by name."""
    good = xlsx_bytes([row("91530921219520246C")])
    yield "macro", _with_entries(good, {"xl/vbaProject.bin": b"macro"})
    yield "embedded", _with_entries(good, {"xl/embeddings/oleObject1.bin": b"x"})
    yield "ratio", _with_entries(good, {"xl/media/image1.png": bytes(20_000_000)})
    yield "many", _with_entries(good, {f"xl/media/{n}.png": b"" for n in range(300)})
    far = b'<worksheet><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    yield "corner", _with_entries(good, {"xl/worksheets/sheet2.xml": far})
    yield "not a workbook", _with_entries(b"", {"hello.txt": b"x"})
    yield "cut", good[: len(good) // 2]
    yield "liar", _lying(good)
    yield "old", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(100)
    yield "empty", b""
    yield "binary", bytes(range(256)) * 4


def _with_entries(content: bytes, entries: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO(content)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def _lying(content: bytes) -> bytes:
    """Say in the directory that an entry is small, though it unpacks to far more."""
    bomb = _with_entries(content, {"xl/media/zz.png": bytes(900_000)})
    size = (900_000).to_bytes(4, "little")
    return bomb.replace(size, (10).to_bytes(4, "little"))
