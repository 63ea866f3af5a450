"""Tables out of files as offices have them: CSV of any separator and encoding, and XLSX.

Nothing in them is computed: a formula stays the text that it is.
"""

import csv
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MOST_ROWS = 50_000
"""Of one file, without its heads."""
MOST_SHEET_ROWS = 20_000
"""Of an XLSX, which takes about five times as long to read as a CSV of as many rows."""
MOST_COLUMNS = 100
LONGEST_CELL = 5_000
LARGEST_UNPACKED = 200 * 1024 * 1024
"""Bytes of an XLSX's parts together, as its own index says; zipfile reads no more than that."""
_SEPARATORS = ";,\t|"


class Unreadable(ValueError):
    """The file is no table; `why` is a name of the words `producer_import.unreadable`."""

    def __init__(self, why: str, row: int = 0) -> None:
        super().__init__(f"{why} (row {row})" if row else why)
        self.why = why
        self.row = row


@dataclass(frozen=True, slots=True)
class Table:
    heads: list[str]
    rows: list[tuple[int, list[str]]]
    """Each with the number that a spreadsheet shows at its side; empty ones are left out."""
    encoding: str
    """`XLSX`, or what the text was in."""
    cut_at: int = 0
    """The row in which the file breaks off, 0 where it is whole."""

    def packed(self) -> bytes:
        """To be kept, and unpacked much sooner than a file is read."""
        told = [self.heads, self.rows, self.encoding, self.cut_at]
        return zlib.compress(json.dumps(told, ensure_ascii=False).encode(), 1)


def unpacked(content: bytes) -> Table:
    """What `packed` made."""
    heads, rows, encoding, cut_at = json.loads(zlib.decompress(content))
    return Table(heads, [(row, cells) for row, cells in rows], encoding, cut_at)


def read(content: bytes) -> Table:
    """What the file holds. Raises Unreadable."""
    if content.startswith(b"PK\x03\x04"):
        return _xlsx(content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable("old_excel")
    return _csv(content)


def _csv(content: bytes) -> Table:
    text, encoding = _decoded(content)
    if "\x00" in text or not text.strip():
        raise Unreadable("no_table")
    # Excel writes a first line for itself.
    told = re.match(r"sep=(.)\r?\n", text)
    text, skipped = (text[told.end() :], 1) if told else (text, 0)
    separator = told[1] if told else _separator(text)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    heads: list[str] | None = None
    rows: list[tuple[int, list[str]]] = []
    row = skipped
    cut_at = 0
    try:
        for cells in lines:
            row += 1
            if not any(cell.strip() for cell in cells):
                continue
            _bounds(cells, row)
            if heads is None:
                heads = cells
            else:
                rows.append((row, cells))
            if len(rows) > MOST_ROWS:
                raise Unreadable("too_many")
    except csv.Error:
        # A quote that nobody closes: what follows it is lost, what stands before is whole.
        cut_at = row + 1
    if heads is None:
        raise Unreadable("no_table")
    # A last line that ends before its columns do, without a newline: the file broke off there.
    if rows and not cut_at and len(rows[-1][1]) < len(heads) and not text.endswith(("\n", "\r")):
        cut_at = rows.pop()[0]
    return Table(heads, rows, encoding, cut_at)


def _decoded(content: bytes) -> tuple[str, str]:
    """By its mark, as UTF-8 if it is that, else as Windows writes the Latin alphabet."""
    for mark, name in (
        (b"\xef\xbb\xbf", "utf-8"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
    ):
        if content.startswith(mark):
            try:
                return content[len(mark) :].decode(name), name.upper()
            except UnicodeDecodeError:
                raise Unreadable("encoding") from None
    try:
        return content.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError as error:
        # A file that breaks off amid a character is UTF-8 still.
        if error.start >= len(content) - 3 and error.reason == "unexpected end of data":
            return content[: error.start].decode("utf-8"), "UTF-8"
    try:
        return content.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError:
        return content.decode("latin-1"), "Latin-1"


def _separator(text: str) -> str:
    """The one that the first line has most of, outside quotes."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    plain = re.sub(r'"[^"]*"', "", first)
    return max(_SEPARATORS, key=plain.count) if any(map(plain.count, _SEPARATORS)) else ","


def _xlsx(content: bytes) -> Table:
    # Takes a third of a second to load, and few desks ever need it.
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > 2_000 or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
                raise Unreadable("too_large")
            if "xl/workbook.xml" not in archive.namelist():
                raise Unreadable("no_table")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        try:
            return _sheet(book.worksheets[0].iter_rows(values_only=True))
        finally:
            book.close()
    except Unreadable:
        raise
    except Exception as error:  # openpyxl lets whatever its parsers meet come out as it is
        raise Unreadable("damaged") from error


def _sheet(lines: Iterator[Sequence[object]]) -> Table:
    heads: list[str] | None = None
    rows: list[tuple[int, list[str]]] = []
    for row, values in enumerate(lines, 1):
        cells = [_text(value) for value in values]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        _bounds(cells, row)
        if heads is None:
            heads = cells
        else:
            rows.append((row, cells + [""] * (len(heads) - len(cells))))
        if len(rows) > MOST_SHEET_ROWS:
            raise Unreadable("too_many_in_sheet")
    if heads is None:
        raise Unreadable("no_table")
    return Table(heads, rows, "XLSX")


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _bounds(cells: Sequence[str], row: int) -> None:
    if len(cells) > MOST_COLUMNS or any(len(cell) > LONGEST_CELL for cell in cells):
        raise Unreadable("no_table", row)
