"""What the PBX noted of a call that it served alone: a file a call, a line a step.

A line is `SECONDS KEY=VALUE|`, its value URI-encoded by the dialplan (`[saluran-note]` in
config/asterisk/extensions_saluran.conf). One without its bar was cut short by a crash or a full
disk; it is passed over and the rest still counts. A file may even be empty: its name says whose
it is.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

from config.phones import normalise

MOST_BYTES = 16 * 1024
_NAME = re.compile(r"([A-Za-z0-9._-]{1,150})_([0-9]{1,11})")
_LINE = re.compile(r"([0-9]{1,11}) ([a-z]+)=([A-Za-z0-9%._~!*'()-]*)\|")


class NotesUnreadable(ValueError):
    """The file is not what our dialplan writes; says why."""


@dataclass(frozen=True, slots=True)
class Note:
    at: datetime
    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Notes:
    """The notes of one call's stay in the fallback."""

    entry: str
    """The file's name without its ending; the message has the same."""
    began: datetime
    lines: tuple[Note, ...]
    cut: int
    """Lines that were cut short."""

    def of(self, key: str) -> str | None:
        """The last value noted under a key; None if there is none."""
        return next((line.value for line in reversed(self.lines) if line.key == key), None)

    @property
    def uniqueid(self) -> str:
        return self.of("uniqueid") or self.entry.rpartition("_")[0]

    @property
    def last(self) -> datetime:
        return self.lines[-1].at if self.lines else self.began

    @property
    def ended(self) -> bool:
        """Whether the PBX saw the call to its end."""
        return self.of("end") is not None

    @property
    def caller_phone(self) -> str | None:
        return normalise(self.of("caller") or "")

    @property
    def phone(self) -> str | None:
        """Where to call back: what the caller gave or let stand, else the number they call from.

        None for a caller who chose to go on without one."""
        given = self.of("number")
        return self.caller_phone if given is None else normalise(given)


def read(path: Path) -> Notes:
    """The notes in a file. Raises NotesUnreadable, OSError."""
    name = _NAME.fullmatch(path.stem)
    if not name:
        raise NotesUnreadable("its name is not UNIQUEID_SECONDS.txt")
    if path.stat().st_size > MOST_BYTES:
        raise NotesUnreadable(f"it is larger than {MOST_BYTES} bytes")
    try:
        written = path.read_bytes().decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise NotesUnreadable("it holds bytes that are not ASCII") from error
    matches = [_LINE.fullmatch(line) for line in written if line]
    lines = tuple(_note(match) for match in matches if match)
    if matches and not lines:
        raise NotesUnreadable("no line of it is SECONDS KEY=VALUE|")
    began = lines[0].at if lines else _moment(name[2])
    return Notes(path.stem, began, lines, len(matches) - len(lines))


def _note(match: re.Match[str]) -> Note:
    return Note(_moment(match[1]), match[2], unquote(match[3], errors="replace"))


def _moment(seconds: str) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)
