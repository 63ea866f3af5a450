"""Which files a ticket may have: told by their content, never by their names."""

import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Mapping

LONGEST_NAME = 120
LARGEST_UNPACKED = 200 * 1024 * 1024
"""Bytes of all parts of a document together, by what it says of them."""
MOST_PARTS = 5000

_OFFICE = "application/vnd.openxmlformats-officedocument"
ENDINGS: Mapping[str, tuple[str, ...]] = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/webp": (".webp",),
    "audio/wav": (".wav",),
    "audio/ogg": (".ogg", ".opus", ".oga"),
    "audio/mpeg": (".mp3",),
    "video/mp4": (".mp4", ".m4a"),
    f"{_OFFICE}.wordprocessingml.document": (".docx",),
    f"{_OFFICE}.spreadsheetml.sheet": (".xlsx",),
    "text/plain": (".txt", ".csv"),
}
"""The media types that are taken, each with the endings that fit it."""

_MAGIC: tuple[tuple[Callable[[bytes], bool], str], ...] = (
    (lambda b: b.startswith(b"%PDF-"), "application/pdf"),
    (lambda b: b.startswith(b"\x89PNG\r\n\x1a\n"), "image/png"),
    (lambda b: b.startswith(b"\xff\xd8\xff"), "image/jpeg"),
    (lambda b: b[:4] == b"RIFF" and b[8:12] == b"WEBP", "image/webp"),
    (lambda b: b[:4] == b"RIFF" and b[8:12] == b"WAVE", "audio/wav"),
    (lambda b: b.startswith(b"OggS"), "audio/ogg"),
    (lambda b: b.startswith((b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")), "audio/mpeg"),
    (lambda b: b[4:8] == b"ftyp", "video/mp4"),
)
_MARKUP = re.compile(
    rb"<\s*(!doctype|html|head|body|script|svg|iframe|object|embed|img|\?xml|\?php|%)"
    rb"|javascript:|^#!",
    re.IGNORECASE,
)
_SCRIPT = re.compile(rb"<\s*(script|svg|iframe|\?php)|javascript:", re.IGNORECASE)
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")


def kind_of(content: bytes) -> str | None:
    """The media type of what is taken, None for anything else."""
    for holds, kind in _MAGIC:
        if holds(content):
            return kind
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    return "text/plain" if _is_text(content) else None


def hides_markup(content: bytes, kind: str) -> bool:
    """Whether a picture has a script in it, for who would take it for a page."""
    return kind.startswith("image/") and _SCRIPT.search(content) is not None


def clean_name(given: str, kind: str) -> str:
    """A name that no file system, terminal or eye takes for something else, with an ending of the
    kind: `../x/tagihan.exe` that is a PDF is called `tagihan.exe.pdf`."""
    last = re.split(r"[/\\]", given)[-1]
    # Controls, and what turns the reading direction (Cc, Cf), or separates lines (Zl, Zp).
    plain = "".join(
        c for c in last if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp")
    )
    name = re.sub(r'[<>:"|?*%]', "_", " ".join(plain.split())).strip(". ")
    endings = ENDINGS[kind]
    stem, dot, ending = name.rpartition(".")
    if dot and f".{ending.lower()}" in endings:
        return f"{stem[:LONGEST_NAME] or 'berkas'}.{ending.lower()}"
    return f"{name[:LONGEST_NAME] or 'berkas'}{endings[0]}"


def _office(content: bytes) -> str | None:
    """Documents of Word and Excel without macros; no other archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            names = {one.filename.lower() for one in entries}
            unpacked = sum(one.file_size for one in entries)
    except (zipfile.BadZipFile, ValueError, OSError):
        return None
    # Who opens a small file does not expect it to fill their memory.
    if len(entries) > MOST_PARTS or unpacked > LARGEST_UNPACKED:
        return None
    if "[content_types].xml" not in names or any("vbaproject" in one for one in names):
        return None
    for part, kind in (
        ("word/document.xml", "wordprocessingml.document"),
        ("xl/workbook.xml", "spreadsheetml.sheet"),
    ):
        if part in names:
            return f"{_OFFICE}.{kind}"
    return None


def _is_text(content: bytes) -> bool:
    if not content.strip() or _CONTROLS.search(content) or _MARKUP.search(content):
        return False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
