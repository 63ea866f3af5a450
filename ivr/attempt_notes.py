"""What the PBX noted of an attempt to call someone back: a file an attempt, a line a step.

Written by `[saluran-callback-note]` in config/asterisk/extensions_callback.conf, in the form of
`ivr.pbx_notes`. As each step is noted before it is taken, what is not noted did not happen.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from ivr import pbx_notes

_STATUS = re.compile(r"([A-Z]+)\.([0-9]+)\.([0-9]+)")


@dataclass(frozen=True, slots=True)
class Dialled:
    """How the dialling ended."""

    status: str
    """As `DIALSTATUS` of the application Dial: ANSWER, BUSY, NOANSWER, CANCEL, CHANUNAVAIL, …"""
    cause: int
    """Q.850, e.g. 1 for a number that is not assigned."""
    talked: float
    """Seconds from the person's answer to the end."""


@dataclass(frozen=True, slots=True)
class AttemptNotes:
    """An attempt as far as it came."""

    attempt: UUID
    callback: UUID | None = None
    agent: str = ""
    """Extension of who answered for it."""
    number: str = ""
    """The national number that was dialled; empty while nobody was."""
    dialled: Dialled | None = None
    """None while dialling, or when nothing is known of how it ended."""
    declined: bool = False
    machine: bool = False
    withheld: str = ""
    """Why the service let nobody be dialled: `closed`, `engaged` or `withdrawn`."""


def read(path: Path) -> AttemptNotes:
    """The notes in a file, named `ATTEMPT.txt`; lines cut short by a crash are passed over.

    Raises OSError, and ValueError for a file that is none of ours.
    """
    noted = {note.key: note.value for note in pbx_notes.read(path)}
    return AttemptNotes(
        attempt=UUID(path.stem),
        callback=_id(noted.get("callback", "")),
        agent=noted.get("agent", ""),
        number=noted.get("dialled", ""),
        dialled=_dialled(noted),
        declined="declined" in noted,
        machine="machine" in noted,
        withheld=noted.get("withheld", ""),
    )


def _dialled(noted: dict[str, str]) -> Dialled | None:
    if not (status := _STATUS.fullmatch(noted.get("status", ""))):
        return None
    answered = noted.get("answered", "")
    talked = (int(status[3]) - int(answered)) / 1000 if answered.isdigit() else 0.0
    return Dialled(status[1], int(status[2]), max(talked, 0.0))


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
