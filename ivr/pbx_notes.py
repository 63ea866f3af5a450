"""The lines in which the PBX notes what it does without the service, or while it is away.

A line is `SECONDS KEY=VALUE|`, its value URI-encoded by the dialplan (`[saluran-note]` in
config/asterisk/extensions_saluran.conf). One without its bar was cut short by a crash or a full
disk; it is passed over and the rest still counts.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

MOST_BYTES = 16 * 1024
_LINE = re.compile(r"([0-9]{1,11}) ([a-z]+)=([A-Za-z0-9%._~!*'()-]*)\|")


@dataclass(frozen=True, slots=True)
class Note:
    at: datetime
    key: str
    value: str


def parsed(line: str) -> Note | None:
    """None for a line that was cut short."""
    match = _LINE.fullmatch(line)
    return match and Note(moment(match[1]), match[2], unquote(match[3], errors="replace"))


def read(path: Path) -> list[Note]:
    """The notes in the first `MOST_BYTES` of a file. Raises OSError."""
    with path.open("rb") as file:
        text = file.read(MOST_BYTES).decode("ascii", "replace")
    return [note for note in map(parsed, text.split("\n")) if note]


def moment(seconds: str) -> datetime:
    """Of whole seconds since 1970."""
    return datetime.fromtimestamp(int(seconds), UTC)
