"""A person's own copy: a page to read, a file for programs, and the sounds and papers themselves.

Packed while it is sent: nothing of it lies on a disk, and of files one at a time is in memory.
"""

import io
import json
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tickets.cases.personal_data import OwnData, OwnFile
from tickets.files import FileMissing
from tickets.web.language import Words
from tickets.web.own_words import Section, sections
from tickets.web.pages.templates import environment
from tickets.web.statics import FOLDER

STYLE = FOLDER / "desk" / "own_copy.css"
Content = Callable[[OwnFile], Awaitable[bytes]]


class _Pieces(io.RawIOBase):
    """What was packed since it was last asked; ZipFile writes into it without going back."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._pieces.append(bytes(data))
        return len(self._pieces[-1])

    def taken(self) -> bytes:
        taken, self._pieces = b"".join(self._pieces), []
        return taken


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    content: bytes
    at: datetime

    def into(self, archive: zipfile.ZipFile) -> None:
        info = zipfile.ZipInfo(self.name, self.at.timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        archive.writestr(info, self.content)


async def packed(data: OwnData, words: Words, content: Content) -> AsyncIterator[bytes]:
    """A ZIP, piece by piece; a file that cannot be read any more is named as lost."""
    out, lost = _Pieces(), []
    with zipfile.ZipFile(out, "w") as archive:
        for file in data.files:
            try:
                _Entry(file.name, await content(file), data.at).into(archive)
            except FileMissing:
                lost.append(file.name)
            yield out.taken()
        for entry in _written(data, words, lost):
            entry.into(archive)
            yield out.taken()
    yield out.taken()


def _written(data: OwnData, words: Words, lost: Sequence[str]) -> list[_Entry]:
    page = page_of(data, words, sections(data, words, lost))
    document = json.dumps(
        {
            "person": data.person,
            "made_at": data.at,
            "tables": data.tables,
            "looks": [{"at": one.at, "did": one.did, "role": one.role} for one in data.looks],
            "missing_files": list(lost),
        },
        indent=2,
        ensure_ascii=False,
        default=_plain,
    )
    return [
        _Entry(words("own.file") + ".html", page.encode(), data.at),
        _Entry("data.json", document.encode(), data.at),
        _Entry("own_copy.css", STYLE.read_bytes(), data.at),
    ]


def page_of(data: OwnData, words: Words, told: Sequence[Section]) -> str:
    """The page that stands in it."""
    template = environment(words.language).get_template("own_copy.html")
    return template.render(data=data, sections=told)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple | set) else str(value)
