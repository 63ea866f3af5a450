"""What the PBX noted of a call that it served alone: a file a call, its lines as `ivr.pbx_notes`
has them. A file may even be empty: its name says whose it is.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from config.phones import normalise
from ivr.pbx_notes import MOST_BYTES, Note, moment, parsed

_NAME = re.compile(r"([A-Za-z0-9._-]{1,150})_([0-9]{1,11})")


class NotesUnreadable(ValueError):
    """The file is not what our dialplan writes; says why."""


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
    notes = [parsed(line) for line in written if line]
    lines = tuple(note for note in notes if note)
    if notes and not lines:
        raise NotesUnreadable("no line of it is SECONDS KEY=VALUE|")
    began = lines[0].at if lines else moment(name[2])
    return Notes(path.stem, began, lines, len(notes) - len(lines))
